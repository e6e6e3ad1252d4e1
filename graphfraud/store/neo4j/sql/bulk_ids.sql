-- purpose:    every node of a label that a load's rows name or are, numbered in the order of the ids
-- parameters: none
-- returns:    table {nodes} (n, id, extra)
-- cost:       one scan for each column that names the label, one sort
CREATE OR REPLACE TEMP TABLE {nodes} AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, min(extra) AS extra
FROM ({mentions})
WHERE id IS NOT NULL
GROUP BY id
