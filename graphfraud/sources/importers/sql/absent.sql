-- purpose:    an optional column that the file lacks, as if it were empty
-- parameters: none
-- returns:    nothing
-- cost:       constant
ALTER TABLE raw.{table} ADD COLUMN {column} VARCHAR DEFAULT ''
