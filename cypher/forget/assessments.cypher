// purpose:    what published runs said of one person, and what of the graph named only them
// parameters: $person_id
// returns:    nothing
// cost:       the person's own relationships
MATCH (p:Person) WHERE p.person_id = $person_id
OPTIONAL MATCH (a:Assessment)-[:OF]->(p)
DETACH DELETE a
