-- purpose:    how many rows of each file were rejected, a row with two reasons once
-- parameters: none
-- returns:    table, rows
-- cost:       one scan of the rejects
SELECT "table", count(DISTINCT "row") AS rows FROM rejects GROUP BY ALL
