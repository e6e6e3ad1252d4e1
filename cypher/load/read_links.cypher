// purpose:    the rows of one table that are relationships, for a stretch of the server's ids of these
// parameters: $first and $end, the stretch
// returns:    one record: the server's ids of both ends and a list for each property, in one order
// cost:       one look at each id; of those of the type, one walk along its properties, none to its ends
CYPHER 5
MATCH (a)-[r:{type}]->(b)
WHERE id(r) IN range($first, $end - 1)
WITH id(a) AS a, id(b) AS b, properties(r) AS p
RETURN {lists}
