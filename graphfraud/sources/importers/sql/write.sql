-- purpose:    the contract's rows of one table, in the order of its key
-- parameters: none
-- returns:    the contract's columns that the source has
-- cost:       one sort of the table
SELECT {columns}
FROM staged.{table}
WHERE dropped IS NULL
ORDER BY {key}
