// purpose:    wait until every index can be used
// parameters: none
// returns:    nothing
// cost:       as long as the indexes take to fill
CALL db.awaitIndexes(3600)
