// purpose:    the rows of one table that are relationships, for a stretch of the numbers of their sources
// parameters: $first and $end, the stretch
// returns:    one record: the server's ids of both ends and a list for each property, in one order
// cost:       a range of the index on the number, all relationships of each node, the properties of those of the type
CYPHER 5
MATCH (a:{source})-[r:{type}]->(b)
WHERE a.n >= $first AND a.n < $end
WITH id(a) AS a, id(b) AS b, properties(r) AS p
RETURN {lists}
