// purpose:    take the properties of nodes away whose rows are gone; others still name the nodes
// parameters: $rows, lists of a number
// returns:    nothing
// cost:       one look into the index and one write a row
UNWIND $rows AS row
MATCH (a:{label}) WHERE a.n = row[0]
REMOVE {properties}
