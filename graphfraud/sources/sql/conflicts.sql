-- purpose: rejects for all rows of a key whose contents contradict each other
-- parameters: table, column (names of the key); {shown} the key as text, {same} a good row has a key in conflict
-- returns: the number of rejects
-- cost: one hash join with the keys in conflict
INSERT INTO rejects
SELECT $table, file, number, 0, $column, {shown}, 'conflicting rows for one key'
FROM good SEMI JOIN conflicts ON {same};
