// purpose:    is there this person
// parameters: $id
// returns:    a record if there is
// cost:       one look into an index
MATCH (found:Person {person_id: $id})
RETURN found.person_id AS id LIMIT 1
