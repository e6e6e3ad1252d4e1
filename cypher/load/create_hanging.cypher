// purpose:    new nodes of one table, each hanging on another node
// parameters: $rows, lists of the number of the other node and the values of a row
// returns:    nothing
// cost:       one look into an index, one node and one relationship a row
UNWIND $rows AS row
MATCH (a:{source}) WHERE a.n = row[0]
CREATE (a)-[:{type}]->(r:{row_label})
SET {properties}
