-- purpose:    money that went between the members of a ring
-- zh:         团伙成员之间的资金往来
-- parameters: $ring_id ring; which ring of the current run
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each pair, the largest first: payer_id, payee_id, payments, total, first_at, last_at
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query ring_money --param ring_id=ring-1
WITH member AS (SELECT person_id FROM run_ring_members WHERE ring_id = $ring_id)
SELECT payer_id, payee_id, count(*) AS payments, sum(amount) / 100 AS total, min("at") AS first_at, max("at") AS last_at
FROM raw_payments
WHERE coalesce(payer_kind, 'person') = 'person' AND payee_kind = 'person' AND payer_id <> payee_id AND within("at")
  AND payer_id IN (FROM member) AND payee_id IN (FROM member)
GROUP BY payer_id, payee_id
ORDER BY total DESC, payer_id, payee_id LIMIT $limit
