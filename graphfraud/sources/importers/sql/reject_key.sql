-- purpose:    reject all rows of one key that differ in content
-- parameters: $table, $file, $key (name of the key column)
-- returns:    nothing; adds to rejects
-- cost:       one hash over the file
INSERT INTO rejects BY NAME
SELECT $table AS "table", $file AS file, "row", $key AS "column", left({key}, 200) AS "value",
       'rows of one key differ' AS reason
FROM raw.{table}
WHERE {key} IN (
    SELECT {key} FROM raw.{table} GROUP BY {key} HAVING count(DISTINCT ({columns})) > 1
)
