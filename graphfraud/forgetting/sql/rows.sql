-- purpose:    the rows of a table that name a person
-- parameters: $id, $pattern; {table}, {names}: a condition of the schema's names
-- returns:    the stored columns
-- cost:       a scan
SELECT r.* FROM raw_{table} AS r
WHERE ({names}) AND ($id IS NOT NULL OR $pattern IS NOT NULL)
