// purpose:    delete some of a run's assessments
// parameters: $run_id; $limit, how many at most
// returns:    one record: how many went
// cost:       a range of an index, one node and one relationship each
MATCH (a:Assessment) WHERE a.run_id = $run_id
WITH a LIMIT $limit
DETACH DELETE a
RETURN count(*) AS gone
