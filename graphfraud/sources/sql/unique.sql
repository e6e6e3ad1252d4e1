-- purpose: the clean rows of a table in which no key is repeated
-- parameters: none; {table}, {columns} the stored columns
-- returns: nothing; makes clean.TABLE
-- cost: a copy
CREATE TABLE clean.{table} AS SELECT {columns} FROM good;
