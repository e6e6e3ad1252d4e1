// purpose:    rings first seen in the current run or since a time
// zh:         首次出现的团伙
// parameters: $since time = null; default: only those of the current run
//             $limit integer 1..1000 = 50; rows at most
// returns:    a record for each ring, the worst first: ring_id, kind, size, score, first_seen_at
// cost:       the rings of the run, one sort
// example:    graphfraud query new_rings
:param since => null;
:param limit => 50;
MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
MATCH (ring:Ring {run_id: run.run_id})
WHERE ring.first_seen_at >= coalesce($since, run.as_of)
RETURN ring.ring_id AS ring_id, ring.kind AS kind, ring.size AS size, ring.score AS score, ring.first_seen_at AS first_seen_at
ORDER BY score DESC, size DESC, ring_id LIMIT $limit
