// purpose:    identifiers that nobody has any more
// parameters: none
// returns:    nothing
// cost:       a scan of identifiers
MATCH (i:Phone|Card|Address|NationalId|Email)
WHERE NOT EXISTS { (i)--() }
DELETE i
