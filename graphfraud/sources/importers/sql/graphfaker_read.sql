-- purpose:    the wanted columns of a Parquet file as text, each row with its number in the file
-- parameters: $path
-- returns:    table raw.NAME: row from 1 and each wanted column as text, empty where it has no value
-- cost:       one pass over the wanted columns of the file
CREATE TABLE raw.{table} AS
SELECT file_row_number + 1 AS "row", {columns}
FROM read_parquet($path, file_row_number = true)
