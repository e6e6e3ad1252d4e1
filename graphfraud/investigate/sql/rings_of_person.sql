-- purpose:    in which rings this person is, and with whom
-- zh:         此人属于哪些团伙，同伙是谁
-- parameters: $person_id person; whom to look at
-- returns:    a record for each ring, the worst first: ring_id, kind, ring_score, role, score, members
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query rings_of_person --param person_id=p-1
SELECT g.ring_id, g.kind, g.score AS ring_score, m.role, m.score,
  (SELECT list(o.person_id ORDER BY o.person_id) FROM run_ring_members AS o WHERE o.ring_id = g.ring_id) AS members
FROM run_ring_members AS m
JOIN run_rings AS g ON g.ring_id = m.ring_id
WHERE m.person_id = $person_id
ORDER BY g.score DESC, g.ring_id
