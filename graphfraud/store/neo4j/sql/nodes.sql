-- purpose:    the numbers of a label's nodes, to which new ones are added
-- parameters: none; the view fetched has the nodes of the graph
-- returns:    table {nodes} (n, id)
-- cost:       one scan
CREATE OR REPLACE TEMP TABLE {nodes} AS
SELECT n, {id} AS id FROM fetched AS r
