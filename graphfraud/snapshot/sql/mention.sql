-- purpose:    one column's mentions of a vocabulary; of things that are only described, those that are named
-- parameters: none
-- returns:    a column id, with repeats and nulls
-- cost:       one scan of the column
SELECT r.{column} AS id FROM kept.{table} AS r {named}
