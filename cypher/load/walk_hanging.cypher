// purpose:    the rows of one table that are nodes hanging on another, for a stretch of the numbers of those
// parameters: $first and $end, the stretch
// returns:    one record: the server's id of the other node and a list for each property, in one order
// cost:       a range of the index on the number, all relationships of each node, the properties of the row's nodes
CYPHER 5
MATCH (a:{source})-[:{type}]->(r:{row_label})
WHERE a.n >= $first AND a.n < $end
WITH id(a) AS a, properties(r) AS p
RETURN {lists}
