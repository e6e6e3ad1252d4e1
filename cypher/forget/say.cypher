// purpose:    properties of nodes as they are without a person's id
// parameters: $rows, lists of an element id and properties
// returns:    nothing
// cost:       one look-up a row
UNWIND $rows AS row
MATCH (n) WHERE elementId(n) = row[0]
SET n += row[1]
