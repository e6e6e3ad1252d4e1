-- purpose:    who is in a ring, in which role, and what the run says of each
-- zh:         团伙成员、角色及评分结论
-- parameters: $ring_id ring; which ring of the current run
--             $limit integer 1..10000 = 1000; rows at most
-- returns:    a record for each member, the surest first: person_id, role, score, safety, decision, default_probability
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query ring_members --param ring_id=ring-1
SELECT m.person_id, m.role, m.score, s.score AS safety, s.decision, d.default_probability
FROM run_ring_members AS m
LEFT JOIN run_scores AS s ON s.person_id = m.person_id
LEFT JOIN run_debt AS d ON d.person_id = m.person_id
WHERE m.ring_id = $ring_id
ORDER BY m.score DESC, m.person_id LIMIT $limit
