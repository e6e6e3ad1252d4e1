// purpose:    how many nodes of a label there are
// parameters: none
// returns:    one record
// cost:       none, the server keeps the count
MATCH (a:{label})
RETURN count(a) AS rows
