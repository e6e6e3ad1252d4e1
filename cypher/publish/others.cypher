// purpose:    runs that readers do not see: the ones before, and what a killed write-back left
// parameters: none
// returns:    one record a run: run_id
// cost:       the runs, which are few
MATCH (r:Run)
WHERE NOT (:Current {name: 'run'})-[:IS]->(r)
RETURN r.run_id AS run_id ORDER BY run_id
