-- purpose:    rings first seen in the current run or since a time
-- zh:         首次出现的团伙
-- parameters: $since time = null; default: only those of the current run
--             $limit integer 1..1000 = 50; rows at most
-- returns:    a record for each ring, the worst first: ring_id, kind, size, score, first_seen_at
-- cost:       the rings of the run, one sort
-- example:    graphfraud query new_rings
SELECT ring_id, kind, size, score, first_seen_at
FROM run_rings
WHERE first_seen_at >= coalesce($since, getvariable('as_of'))
ORDER BY score DESC, size DESC, ring_id LIMIT $limit
