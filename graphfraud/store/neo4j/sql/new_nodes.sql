-- purpose:    ids that rows name and no node has, numbered on from the last one in the order of the ids
-- parameters: none; the table changes has the rows
-- returns:    table new_nodes (n, id, extra), and the same nodes added to {nodes}
-- cost:       one scan of the changes for each column that names the label, one hash of the known ids
CREATE OR REPLACE TEMP TABLE new_nodes AS
SELECT
    (SELECT coalesce(max(n), -1) FROM {nodes}) + row_number() OVER (ORDER BY m.id) AS n, m.id, m.extra
FROM (SELECT id, min(extra) AS extra FROM ({mentions}) GROUP BY id) AS m
ANTI JOIN {nodes} AS k ON k.id = m.id
WHERE m.id IS NOT NULL;
INSERT INTO {nodes} SELECT n, id FROM new_nodes
