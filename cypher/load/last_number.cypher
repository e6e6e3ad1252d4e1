// purpose:    the highest number of a label's nodes
// parameters: none
// returns:    one record, or none where there is no node
// cost:       one entry of the index on the number
MATCH (a:{label})
WHERE a.n >= 0
RETURN a.n AS n ORDER BY n DESC LIMIT 1
