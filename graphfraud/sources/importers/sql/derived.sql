-- purpose:    how many rows of a table no source row gives
-- parameters: none
-- returns:    one row, one count
-- cost:       one scan of the staged table
SELECT count(*) FROM staged.{table} WHERE source_file IS NULL
