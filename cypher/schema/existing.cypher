// purpose:    the indexes that are there, how far they are filled, and whether a constraint owns them
// parameters: none
// returns:    one record each, by name: name, failed, owner, percent
// cost:       none
SHOW INDEXES YIELD name, state, owningConstraint, populationPercent
RETURN name, state = 'FAILED' AS failed, owningConstraint AS owner, populationPercent AS percent ORDER BY name
