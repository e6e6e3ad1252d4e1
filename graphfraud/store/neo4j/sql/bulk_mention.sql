-- purpose:    the ids that one column of a table names
-- parameters: none
-- returns:    id, and what comes with it
-- cost:       one scan of the column
SELECT {id} AS id, {extra} AS extra FROM clean.{table} AS r WHERE {condition}
