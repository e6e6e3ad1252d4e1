-- purpose:    how many well-formed rows a file holds
-- parameters: none
-- returns:    one row, one count
-- cost:       constant
SELECT count(*) FROM raw.{table}
