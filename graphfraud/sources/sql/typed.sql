-- purpose: type the rows of one block; a value at fault becomes null or nonsense, its row is a reject
-- parameters: file (place of the file), key_id, and defaults; {raw} what was found, {typed} what is stored
-- returns: the number of rows
-- cost: one pass over the block
INSERT INTO stage.rows
SELECT $file, number, {typed}
FROM (SELECT number, {raw} FROM block);
