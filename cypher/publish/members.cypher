// purpose:    who is in which ring of the run
// parameters: $rows, lists of run, ring, person, role and score
// returns:    nothing
// cost:       two looks into an index and one relationship a row
UNWIND $rows AS row
MATCH (g:Ring) WHERE g.run_id = row[0] AND g.ring_id = row[1]
MATCH (p:Person) WHERE p.person_id = row[2]
CREATE (p)-[m:MEMBER_OF_RING]->(g)
SET m.role = row[3], m.score = row[4]
