-- purpose:    free the rows as read
-- parameters: none
-- returns:    nothing
-- cost:       constant
DROP TABLE raw.{table}
