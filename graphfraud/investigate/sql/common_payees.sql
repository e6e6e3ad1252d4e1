-- purpose:    people and merchants that two or more members of a ring pay
-- zh:         团伙成员共同的收款方
-- parameters: $ring_id ring; which ring of the current run
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each payee, the one with most members first: label, id, members, payments, total
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query common_payees --param ring_id=ring-1
SELECT party(payee_kind) AS label, payee_id AS id, count(DISTINCT payer_id) AS members, count(*) AS payments, sum(amount) / 100 AS total
FROM raw_payments
WHERE coalesce(payer_kind, 'person') = 'person' AND within("at") AND NOT (payee_kind = 'person' AND payee_id = payer_id)
  AND payer_id IN (SELECT person_id FROM run_ring_members WHERE ring_id = $ring_id)
GROUP BY party(payee_kind), payee_id HAVING count(DISTINCT payer_id) >= 2
ORDER BY members DESC, total DESC, label, id LIMIT $limit
