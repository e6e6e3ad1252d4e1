-- purpose:    the values of rows that are to be sent, with the numbers of the nodes they name
-- parameters: none
-- returns:    one column a value, in an order that no loading order can change
-- cost:       one scan of the rows, a hash join for each node they name, one sort
SELECT {values}
FROM {rows} AS r
{joins}
WHERE {condition}
ORDER BY {order}
