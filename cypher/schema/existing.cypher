// purpose:    the constraints and indexes that are there
// parameters: none
// returns:    one record each: name
// cost:       none
SHOW INDEXES YIELD name
