// purpose:    delete some of a run's rings with their memberships
// parameters: $run_id; $limit, how many at most
// returns:    one record: how many went
// cost:       a range of an index, one node and its memberships each
MATCH (g:Ring) WHERE g.run_id = $run_id
WITH g LIMIT $limit
DETACH DELETE g
RETURN count(*) AS gone
