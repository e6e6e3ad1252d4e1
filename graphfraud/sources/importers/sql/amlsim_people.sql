-- purpose:    people from nodes, all registered at step 0, which is before or at every payment and says
--             nothing about anybody
-- parameters: $origin (time of step 0)
-- returns:    table staged.people
-- cost:       one scan
CREATE TABLE staged.people AS
SELECT 'nodes' AS source_file, "row" AS source_row, NULL::VARCHAR AS dropped,
       nodeid AS person_id,
       CAST($origin AS TIMESTAMPTZ) AS registered_at
FROM good.nodes
