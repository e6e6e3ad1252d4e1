// purpose:    note which tables a load has begun to change, before it does
// parameters: $load, its id; $tables and $fingerprints, all so far
// returns:    one record; none when another load took over
// cost:       one node
MATCH (l:Load {id: $load, state: 'open'})
SET l.tables = $tables, l.fingerprints = $fingerprints
RETURN l.id AS load
