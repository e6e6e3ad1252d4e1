// purpose:    delete nodes whose rows are gone and that nothing else names
// parameters: $rows, lists of a number
// returns:    nothing
// cost:       one look into the index and one write a row
UNWIND $rows AS row
MATCH (a:{label}) WHERE a.n = row[0]
DETACH DELETE a
