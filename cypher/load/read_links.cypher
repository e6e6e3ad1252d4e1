// purpose:    the rows of one table that are relationships, for a stretch of the numbers of their sources
// parameters: $first and $end, the stretch
// returns:    one record: the numbers of both ends and a list for each property, in one order
// cost:       a range of the index on the number, the relationships of one type of each node
MATCH (a:{source})-[r:{type}]->(b:{target})
WHERE a.n >= $first AND a.n < $end
RETURN {lists}
