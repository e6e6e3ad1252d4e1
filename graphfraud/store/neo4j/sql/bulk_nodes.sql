-- purpose:    the nodes of a label, those that a row describes with its columns
-- parameters: none
-- returns:    one row a node, by number
-- cost:       one scan and a hash join
SELECT {values}
FROM {nodes} AS n0
LEFT JOIN {described} AS r ON {same}
ORDER BY n0.n
