// purpose:    delete relationships whose rows are gone or replaced
// parameters: $rows, lists of the numbers of source and target and the values of the key
// returns:    nothing
// cost:       one look into an index and the relationships of one type of a source, a row
UNWIND $rows AS row
MATCH (a:{source})-[r:{type}]->(b:{target})
WHERE a.n = row[0] AND b.n = row[1]{same}
DELETE r
