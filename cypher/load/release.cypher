// purpose:    let a lease go, if it is still the holder's
// parameters: $name; $token of the holder
// returns:    nothing
// cost:       one node
MATCH (l:Lease {name: $name, token: $token})
DELETE l
