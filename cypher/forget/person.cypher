// purpose:    the node of a person of whom no table says anything more
// parameters: $person_id
// returns:    nothing
// cost:       the person's own relationships
MATCH (p:Person) WHERE p.person_id = $person_id
DETACH DELETE p
