-- purpose:    drop rows that repeat an earlier row of the same key
-- parameters: $table
-- returns:    nothing; adds to dropped
-- cost:       one hash over the keys of the file
INSERT INTO dropped
SELECT $table, "row", 'repeated row'
FROM raw.{table}
ANTI JOIN (SELECT DISTINCT "row" FROM rejects WHERE "table" = $table) AS rejected USING ("row")
QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY "row") > 1
