// purpose:    is there this ring in the current run
// parameters: $id
// returns:    a record if there is
// cost:       one look into an index
MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
MATCH (found:Ring {run_id: run.run_id, ring_id: $id})
RETURN found.ring_id AS id LIMIT 1
