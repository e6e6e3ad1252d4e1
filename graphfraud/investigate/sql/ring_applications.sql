-- purpose:    applications of the members of a ring, in the order in which they came
-- zh:         团伙成员的贷款申请，按时间先后
-- parameters: $ring_id ring; which ring of the current run
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each application: at, application_id, person_id, amount, device_id, ip
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query ring_applications --param ring_id=ring-1
SELECT "at", application_id, person_id, amount / 100 AS amount, device_id, ip
FROM raw_applications
WHERE within("at") AND person_id IN (SELECT person_id FROM run_ring_members WHERE ring_id = $ring_id)
ORDER BY "at", application_id LIMIT $limit
