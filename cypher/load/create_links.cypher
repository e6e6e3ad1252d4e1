// purpose:    new relationships of one table
// parameters: $rows, lists of the numbers of source and target and the values of a row
// returns:    nothing
// cost:       two looks into an index and one relationship a row
UNWIND $rows AS row
MATCH (a:{source}) WHERE a.n = row[0]
MATCH (b:{target}) WHERE b.n = row[1]
CREATE (a)-[r:{type}]->(b)
SET {properties}
