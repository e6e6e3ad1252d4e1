// purpose:    take away a constraint whose index cannot be used, to make it anew
// parameters: none; its name is put in
// returns:    nothing
// cost:       none
DROP CONSTRAINT {name} IF EXISTS
