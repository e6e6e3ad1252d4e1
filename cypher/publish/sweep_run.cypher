// purpose:    delete a run of which nothing else is left
// parameters: $run_id
// returns:    nothing
// cost:       one node
MATCH (r:Run) WHERE r.run_id = $run_id
DETACH DELETE r
