-- purpose:    rows of the graph that a load which replaces the whole table does not hold
-- parameters: none; the view stored has the rows of the graph
-- returns:    table gone
-- cost:       one scan of the load and one of the graph's rows, hashed
CREATE OR REPLACE TEMP TABLE gone AS
SELECT {columns} FROM stored
EXCEPT
SELECT {columns} FROM clean.{table}
