// purpose:    where the relationships of a type lie in the store
// parameters: $width, ids in a block; $most, so many blocks are enough
// returns:    one record a block: its number, in no order
// cost:       one scan of the type, no properties
CYPHER 5
MATCH ()-[r:{type}]->()
WITH DISTINCT id(r) / $width AS block
RETURN block LIMIT $most
