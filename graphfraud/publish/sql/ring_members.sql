-- purpose:    who is in which ring
-- parameters: $members, the file of the run
-- returns:    ring_id, person_id, role, score, by ring and person
-- cost:       one scan, one sort
SELECT ring_id, person_id, role, score
FROM read_parquet($members)
ORDER BY ring_id, person_id
