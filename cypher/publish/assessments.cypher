// purpose:    what the run says of people
// parameters: $rows, lists of a person's id and the properties of the assessment
// returns:    nothing
// cost:       one look into an index, one node and one relationship a row
UNWIND $rows AS row
MATCH (p:Person) WHERE p.person_id = row[0]
CREATE (a:Assessment)-[:OF]->(p)
SET a = row[1]
