// purpose:    make a load whole: its record is closed and readers see the new state, in one step
// parameters: $load, its id; $sequence, the new one; $tables and $versions, the sequence of each table's last change
// returns:    one record; none when another load took over
// cost:       a few nodes
MATCH (l:Load {id: $load})
MERGE (s:Store {name: 'tables'})
SET s.sequence = $sequence, s.tables = $tables, s.versions = $versions, l.state = 'done'
WITH s
CALL () { MATCH (lane:Lane {load: $load}) DELETE lane }
RETURN s.sequence AS sequence
