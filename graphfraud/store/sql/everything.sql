-- purpose:    all rows of a load, where the table is new or is replaced as a whole
-- parameters: none
-- returns:    the stored columns
-- cost:       one scan of the load
CREATE OR REPLACE TEMP TABLE changes AS
SELECT {columns} FROM clean.{table}
