-- purpose:    reject rows whose column is not an amount in yuan, zero or more
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
               WHEN TRY_CAST({column} AS DECIMAL(18, 2)) IS NULL THEN 'not an amount'
               WHEN starts_with(trim({column}), '-') THEN 'negative amount'
           END AS reason
    FROM raw.{table}
)
WHERE reason IS NOT NULL
