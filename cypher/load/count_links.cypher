// purpose:    how many relationships of a type leave a label
// parameters: none
// returns:    one record
// cost:       none, the server keeps the count
MATCH (:{source})-[r:{type}]->()
RETURN count(r) AS rows
