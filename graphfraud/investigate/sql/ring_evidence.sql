-- purpose:    what the members of a ring share with one another, the rarest first
-- zh:         团伙成员共用的物品，最稀有的在前
-- parameters: $ring_id ring; which ring of the current run
--             $hub_limit integer 1..100000 = 60; a thing that more people have ties nobody to anybody
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each thing that two or more members have: relationship, label, id, members, people, first_at
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query ring_evidence --param ring_id=ring-1
SELECT relationship, target_label AS label, target_id AS id, list(source_id ORDER BY source_id) AS members, any_value(people) AS people, min(first_at) AS first_at
FROM ties
WHERE target_label <> 'Person' AND people <= $hub_limit AND source_id IN (SELECT person_id FROM run_ring_members WHERE ring_id = $ring_id)
GROUP BY relationship, target_label, target_id HAVING count(*) >= 2
ORDER BY people, relationship, id LIMIT $limit
