-- purpose:    the rows of a file that were neither rejected nor dropped
-- parameters: $table
-- returns:    table good.NAME: row and each column as text
-- cost:       one scan of the file
CREATE TABLE good.{table} AS
SELECT *
FROM raw.{table}
ANTI JOIN (
    SELECT "row" FROM rejects WHERE "table" = $table
    UNION
    SELECT source_row FROM dropped WHERE source_file = $table
) AS gone USING ("row")
