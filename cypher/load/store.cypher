// purpose:    the state of the store: how many loads changed it, and whether one is unfinished
// parameters: none
// returns:    one record: the properties of the store or null, the unfinished load or null
// cost:       two nodes
OPTIONAL MATCH (s:Store {name: 'tables'})
OPTIONAL MATCH (l:Load {state: 'open'})
RETURN properties(s) AS store, properties(l) AS load
