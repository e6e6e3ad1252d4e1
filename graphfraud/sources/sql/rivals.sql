-- purpose: the different rows of each repeated key, and the keys that have more than one
-- parameters: none; {columns} the stored columns, {key} the key columns, {same} a good row has a repeated key
-- returns: nothing; makes the tables rivals and conflicts
-- cost: one hash join and one aggregation over the repeated rows
CREATE OR REPLACE TEMP TABLE rivals AS
SELECT DISTINCT {columns} FROM good SEMI JOIN repeated ON {same};
CREATE OR REPLACE TEMP TABLE conflicts AS
SELECT {key} FROM rivals GROUP BY ALL HAVING count(*) > 1;
