// purpose:    take away an index that failed, or that lost its constraint before that was made
// parameters: none; its name is put in
// returns:    nothing
// cost:       none
DROP INDEX {name} IF EXISTS
