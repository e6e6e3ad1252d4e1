// purpose:    the properties of nodes that are there already, from the rows of a table
// parameters: $rows, lists of a number and the values of a node
// returns:    nothing
// cost:       one look into the index and one write a row
UNWIND $rows AS row
MATCH (a:{label}) WHERE a.n = row[0]
SET {properties}
