-- purpose:    the latest time in one column of the written rows
-- parameters: none
-- returns:    one row, microseconds since 1970 or null
-- cost:       one scan of the column
SELECT epoch_us(max({column})) FROM staged.{table} WHERE dropped IS NULL
