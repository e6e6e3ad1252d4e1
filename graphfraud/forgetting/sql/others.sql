-- purpose:    all rows of a table that are not about a person, their id taken out of texts
-- parameters: $id, $pattern, $gone; {table}, {columns}, {owns}: of the schema's names
-- returns:    table clean.TABLE
-- cost:       a scan
CREATE TABLE clean.{table} AS
SELECT {columns} FROM raw_{table} AS r
WHERE NOT {owns} AND ($id IS NOT NULL OR $pattern IS NOT NULL OR $gone IS NOT NULL)
