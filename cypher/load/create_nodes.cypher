// purpose:    new nodes, each with its number
// parameters: $rows, lists of a number and the values of a node
// returns:    nothing
// cost:       one node a row, and its entries in the indexes
UNWIND $rows AS row
CREATE (a:{label})
SET a.n = row[0], {properties}
