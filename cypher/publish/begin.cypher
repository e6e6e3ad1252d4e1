// purpose:    a run beside the current one, which readers do not see yet
// parameters: $run_id; $as_of, milliseconds; $writing, who writes it
// returns:    nothing
// cost:       one node
MERGE (r:Run {run_id: $run_id})
  ON CREATE SET r.as_of = datetime.fromepochmillis($as_of), r.writing = $writing, r.batch = 0
