// purpose:    forget which devices and addresses people use, before it is derived again
// parameters: $rows, lists of a person's number
// returns:    nothing
// cost:       one look into an index and the derived relationships of each person
UNWIND $rows AS row
MATCH (p:Person) WHERE p.n = row[0]
MATCH (p)-[u:USED_DEVICE|USED_IP]->()
DELETE u
