-- purpose:    how many rows of a table name a person
-- parameters: $id, $pattern; {table}, {names}: a condition of the schema's names
-- returns:    a number
-- cost:       a scan
SELECT count(*) FROM raw_{table} AS r
WHERE ({names}) AND ($id IS NOT NULL OR $pattern IS NOT NULL)
