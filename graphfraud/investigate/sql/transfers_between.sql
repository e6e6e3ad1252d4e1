-- purpose:    payments between two people, in both directions
-- zh:         两人之间的转账（双向）
-- parameters: $person_id person; whom to look at
--             $other_id person; the other person
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each payment, the newest first: at, payer_id, payee_id, amount, refunded_at, payment_id
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query transfers_between --param person_id=p-1 --param other_id=p-2
SELECT "at", payer_id, payee_id, amount / 100 AS amount, past(refunded_at) AS refunded_at, payment_id
FROM raw_payments
WHERE coalesce(payer_kind, 'person') = 'person' AND payee_kind = 'person' AND within("at")
  AND ((payer_id = $person_id AND payee_id = $other_id) OR (payer_id = $other_id AND payee_id = $person_id))
ORDER BY "at" DESC, payment_id LIMIT $limit
