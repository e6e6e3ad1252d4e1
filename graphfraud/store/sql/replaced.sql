-- purpose:    how many changed rows carry a key that the table already holds
-- parameters: $files, the Parquet files of the table's current version
-- returns:    one row, one count
-- cost:       one scan of the table's key columns, hashed
SELECT count(*)
FROM changes AS s
SEMI JOIN read_parquet($files) AS t ON {same_key}
