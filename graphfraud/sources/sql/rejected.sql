-- purpose: how many rows of a table have a reject
-- parameters: table
-- returns: one number
-- cost: one aggregation over the rejects
SELECT count(*) FROM (SELECT DISTINCT file, number FROM rejects WHERE "table" = $table);
