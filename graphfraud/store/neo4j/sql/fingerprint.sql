-- purpose:    what a load has for a table, in one number, whatever the order of its rows
-- parameters: none
-- returns:    one row: rows, and a hash over all
-- cost:       one scan of the load
SELECT count(*), coalesce(bit_xor(hash({columns})), 0) FROM clean.{table}
