-- purpose: room for the typed rows of one table, faulty ones included
-- parameters: none; {columns} names and types of the stored columns
-- returns: nothing
-- cost: none
CREATE OR REPLACE TABLE stage.rows (file INTEGER, number BIGINT, {columns});
