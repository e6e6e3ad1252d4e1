-- purpose:    rows of a load that the table does not hold in exactly this form
-- parameters: $files, the Parquet files of the table's current version
-- returns:    the stored columns of each new or changed row
-- cost:       one scan of the load and one of the table, hashed
CREATE OR REPLACE TEMP TABLE changes AS
SELECT {columns} FROM clean.{table}
EXCEPT
SELECT {columns} FROM read_parquet($files)
