-- purpose:    one table of truth, its rows in the order of all their columns
-- parameters: none
-- returns:    its columns
-- cost:       one sort of the table
SELECT * FROM truth.{table} ORDER BY ALL
