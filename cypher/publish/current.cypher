// purpose:    the run that readers see
// parameters: none
// returns:    one record, or none before the first write-back: run_id
// cost:       two nodes
MATCH (:Current {name: 'run'})-[:IS]->(r:Run)
RETURN r.run_id AS run_id
