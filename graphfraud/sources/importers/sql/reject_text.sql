-- purpose:    reject rows whose column is not text of at most 4,000 characters
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
               WHEN length({column}) > 4000 THEN 'longer than 4,000 characters'
               WHEN contains({column}, chr(0)) THEN 'holds a NUL byte'
           END AS reason
    FROM raw.{table}
)
WHERE reason IS NOT NULL
