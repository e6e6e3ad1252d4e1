-- purpose:    the rings of a run
-- parameters: $rings, the file of the run
-- returns:    one row a ring, by ring
-- cost:       one scan, one sort
SELECT {said}
FROM read_parquet($rings) AS g
ORDER BY g.ring_id
