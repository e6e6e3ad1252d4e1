// purpose:    the rows of one table that are nodes hanging on another, for a stretch of ids of the relationships between
// parameters: $first and $end, the stretch
// returns:    one record: the server's id of the other node and a list for each property, in one order
// cost:       one look at each id; of those of the type, one walk along the properties of the row's node
CYPHER 5
MATCH (a)-[h:{type}]->(r)
WHERE id(h) IN range($first, $end - 1)
WITH id(a) AS a, properties(r) AS p
RETURN {lists}
