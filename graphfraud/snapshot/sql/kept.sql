-- purpose:    the rows of one table that are known at the as-of, people as numbers
-- parameters: variables as_of, loans_listed
-- returns:    table kept.{table}
-- cost:       one scan of the table, a hash join for each column that may name a person
CREATE TABLE kept.{table} AS
SELECT {columns}
FROM raw_{table} AS r
{joins}
WHERE {conditions}
