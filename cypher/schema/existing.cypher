// purpose:    the indexes that are there, and whether a constraint owns them
// parameters: none
// returns:    one record each: name, failed, owner
// cost:       none
SHOW INDEXES YIELD name, state, owningConstraint
RETURN name, state = 'FAILED' AS failed, owningConstraint AS owner
