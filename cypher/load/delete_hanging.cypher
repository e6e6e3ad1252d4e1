// purpose:    delete hanging nodes whose rows are gone or replaced
// parameters: $rows, lists of the number of the other node and the values of the key
// returns:    nothing
// cost:       one look into an index and the relationships of one type of a node, a row
UNWIND $rows AS row
MATCH (a:{source})-[:{type}]->(r:{row_label})
WHERE a.n = row[0]{same}
DETACH DELETE r
