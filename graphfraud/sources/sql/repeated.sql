-- purpose: keys that more than one good row has
-- parameters: none; {key} the key columns
-- returns: the number of such keys; makes the table repeated
-- cost: one hash aggregation over the keys
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT {key} FROM good GROUP BY ALL HAVING count(*) > 1;
SELECT count(*) FROM repeated;
