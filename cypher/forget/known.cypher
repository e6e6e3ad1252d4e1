// purpose:    whether anything is left of one person
// parameters: $person_id
// returns:    nodes, how many
// cost:       one look into an index
MATCH (p:Person) WHERE p.person_id = $person_id
RETURN count(p) AS nodes
