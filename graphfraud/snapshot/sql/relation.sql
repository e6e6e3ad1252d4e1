-- purpose:    one relation as numbers only, in an order that no loading order can change
-- parameters: none
-- returns:    the columns of the relation
-- cost:       one scan, a hash join for each entity column, one sort
SELECT {columns}
FROM kept.{table} AS r
{joins}
ORDER BY ALL
