-- purpose:    reject rows whose column is not a point in time; without an offset it is UTC
-- parameters: $table, $file, $column, $optional (an empty value is no value)
-- returns:    nothing; adds to rejects
-- cost:       one scan of the column
INSERT INTO rejects BY NAME
SELECT $table AS "table", $file AS file, "row", $column AS "column", left(found, 200) AS "value", reason
FROM (
    SELECT "row", {column} AS found,
           CASE
               WHEN {column} IS NULL THEN 'not UTF-8'
               WHEN {column} = '' THEN CASE WHEN NOT $optional THEN 'empty' END
               WHEN TRY_CAST({column} AS TIMESTAMPTZ) IS NULL THEN 'not a time'
               WHEN NOT isfinite(CAST({column} AS TIMESTAMPTZ)) THEN 'not a time'
               WHEN year(CAST({column} AS TIMESTAMPTZ)) NOT BETWEEN 1 AND 9999 THEN 'not a time'
           END AS reason
    FROM raw.{table}
)
WHERE reason IS NOT NULL
