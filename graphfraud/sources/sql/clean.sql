-- purpose: the clean rows of a table, one a key
-- parameters: none; {table}, {columns} the stored columns, {alone} a good row has a repeated key,
--   {settled} a rival has a key in conflict
-- returns: nothing; makes clean.TABLE
-- cost: two hash joins; without repeated keys, a copy
CREATE TABLE clean.{table} AS
SELECT {columns} FROM good ANTI JOIN repeated ON {alone}
UNION ALL
SELECT {columns} FROM rivals ANTI JOIN conflicts ON {settled};
