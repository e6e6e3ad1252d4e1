// purpose:    the rows of one table that are nodes, for a stretch of their numbers
// parameters: $first and $end, the stretch
// returns:    one record: a list for each column, in one order
// cost:       a range of the index on the number, one walk along the properties of each node
CYPHER 5
MATCH (a:{label})
WHERE a.n >= $first AND a.n < $end{listed}
WITH a, properties(a) AS p
RETURN {lists}
