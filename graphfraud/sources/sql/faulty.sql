-- purpose: the rejected rows of one table
-- parameters: table
-- returns: nothing; makes the table faulty
-- cost: one aggregation over the rejects
CREATE OR REPLACE TEMP TABLE faulty AS
SELECT DISTINCT file, number FROM rejects WHERE "table" = $table;
