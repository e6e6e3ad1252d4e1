// purpose:    the rings of the run
// parameters: $rows, lists of the properties of a ring
// returns:    nothing
// cost:       one node a row
UNWIND $rows AS row
CREATE (g:Ring)
SET g = row[0]
