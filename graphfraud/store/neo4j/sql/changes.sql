-- purpose:    rows of a load that the graph does not hold in exactly this form
-- parameters: none; the view stored has the rows of the graph
-- returns:    table changes
-- cost:       one scan of the load and one of the graph's rows, hashed
CREATE OR REPLACE TEMP TABLE changes AS
SELECT {columns} FROM clean.{table}
EXCEPT
SELECT {columns} FROM stored
