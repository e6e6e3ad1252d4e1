-- purpose:    money that left this person and came back, each payment later than the one before
-- zh:         从此人转出又转回的资金环路
-- parameters: $person_id person; whom to look at
--             $max_payments integer 2..5 = 4; payments of a cycle at most
--             $min_amount number 0..1000000000 = 100; yuan of each payment at least
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..200 = 50; rows at most
-- returns:    a record for each cycle, the shortest first: payments, people, smallest, first_at, last_at, payment_ids
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query cycles_through --param person_id=p-1
WITH RECURSIVE step AS MATERIALIZED (
  SELECT payer_id AS x, payee_id AS y, amount, "at", payment_id FROM raw_payments
  WHERE coalesce(payer_kind, 'person') = 'person' AND payee_kind = 'person' AND payer_id <> payee_id
    AND amount >= $min_amount * 100 AND within("at")
), walk(people, y, smallest, first_at, last_at, payment_ids) AS (
  SELECT [x], y, amount, "at", "at", [payment_id] FROM step WHERE x = $person_id
  UNION ALL
  SELECT list_append(w.people, s.x), s.y, least(w.smallest, s.amount), w.first_at, s."at", list_append(w.payment_ids, s.payment_id)
  FROM walk AS w JOIN step AS s ON s.x = w.y AND s."at" > w.last_at
  WHERE w.y <> $person_id AND len(w.people) < $max_payments AND NOT list_contains(w.people, w.y)
)
SELECT len(people) AS payments, people, smallest / 100 AS smallest, first_at, last_at, payment_ids
FROM walk WHERE y = $person_id
ORDER BY payments, first_at, payment_ids LIMIT $limit
