// purpose:    a run beside the current one, which readers do not see yet
// parameters: $run_id; $seconds and $micros of its as-of since 1970; $writing, who writes it
// returns:    nothing
// cost:       one node
MERGE (r:Run {run_id: $run_id})
  ON CREATE SET r.as_of = datetime.fromepoch($seconds, $micros * 1000), r.writing = $writing, r.batch = 0
