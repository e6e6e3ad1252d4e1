-- purpose:    where money went from this person: each payment within hours of the one before
-- zh:         此人转出资金的去向（逐笔跟踪）
-- parameters: $person_id person; whom to look at
--             $max_payments integer 1..4 = 3; payments of a trail at most
--             $hours integer 1..720 = 48; hours from one payment to the next at most
--             $min_amount number 0..1000000000 = 1000; yuan of each payment at least
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each trail, the longest first: payments, people, smallest, first_at, last_at
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query money_trail --param person_id=p-1
WITH RECURSIVE step AS MATERIALIZED (
  SELECT payer_id AS x, payee_id AS y, amount, "at" FROM raw_payments
  WHERE coalesce(payer_kind, 'person') = 'person' AND payee_kind = 'person' AND payer_id <> payee_id
    AND amount >= $min_amount * 100 AND within("at")
), walk(people, smallest, first_at, last_at) AS (
  SELECT [x, y], amount, "at", "at" FROM step WHERE x = $person_id
  UNION ALL
  SELECT list_append(w.people, s.y), least(w.smallest, s.amount), w.first_at, s."at"
  FROM walk AS w JOIN step AS s ON s.x = w.people[-1] AND s."at" > w.last_at AND s."at" <= w.last_at + to_hours($hours::INTEGER)
  WHERE len(w.people) <= $max_payments AND NOT list_contains(w.people, s.y)
)
SELECT len(people) - 1 AS payments, people, smallest / 100 AS smallest, first_at, last_at
FROM walk
ORDER BY payments DESC, first_at, last_at, people, smallest LIMIT $limit
