// purpose:    how many relationships of a type there are
// parameters: none
// returns:    one record
// cost:       none, the server keeps the count
MATCH ()-[r:{type}]->()
RETURN count(r) AS rows
