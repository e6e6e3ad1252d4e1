-- purpose:    with whom this person exchanges most money
-- zh:         与此人资金往来最多的对象
-- parameters: $person_id person; whom to look at
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each counterparty, the largest first: label, id, payments_out, total_out, payments_in, total_in, first_at, last_at
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query counterparties --param person_id=p-1
WITH mine AS (
  SELECT party(payee_kind) AS label, payee_id AS id, amount AS out, 0 AS came, "at" FROM raw_payments
  WHERE payer_id = $person_id AND coalesce(payer_kind, 'person') = 'person'
  UNION ALL
  SELECT party(payer_kind), payer_id, 0, amount, "at" FROM raw_payments WHERE payee_id = $person_id AND payee_kind = 'person'
)
SELECT label, id, count(*) FILTER (out > 0) AS payments_out, sum(out) / 100 AS total_out,
  count(*) FILTER (came > 0) AS payments_in, sum(came) / 100 AS total_in, min("at") AS first_at, max("at") AS last_at
FROM mine WHERE within("at") AND NOT (label = 'Person' AND id = $person_id)
GROUP BY label, id
ORDER BY sum(out) + sum(came) DESC, label, id LIMIT $limit
