// purpose:    rings of a person have one member less
// parameters: $person_id
// returns:    nothing
// cost:       the person's own rings
MATCH (p:Person)-[m:MEMBER_OF_RING]->(g:Ring) WHERE p.person_id = $person_id
SET g.size = g.size - 1
DELETE m
