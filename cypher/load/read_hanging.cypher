// purpose:    the rows of one table that are nodes hanging on another, for a stretch of the numbers of those
// parameters: $first and $end, the stretch
// returns:    one record: the number of the other node and a list for each property, in one order
// cost:       a range of the index on the number, the relationships of one type of each node
MATCH (a:{source})-[:{type}]->(r:{row_label})
WHERE a.n >= $first AND a.n < $end
RETURN {lists}
