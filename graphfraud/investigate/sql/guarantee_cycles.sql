-- purpose:    circles of people who answer for one another, through this person
-- zh:         经过此人的循环担保
-- parameters: $person_id person; whom to look at
--             $max_hops integer 2..6 = 4; people of a circle at most
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..200 = 50; rows at most
-- returns:    a record for each circle, the smallest first: links, people, first_at, last_at
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query guarantee_cycles --param person_id=p-1
WITH RECURSIVE step AS MATERIALIZED (
  SELECT guarantor_id AS x, person_id AS y, "at" FROM raw_guarantees WHERE loan_id IS NULL AND guarantor_id <> person_id AND within("at")
), walk(people, y, first_at, last_at) AS (
  SELECT [x], y, "at", "at" FROM step WHERE x = $person_id
  UNION ALL
  SELECT list_append(w.people, s.x), s.y, least(w.first_at, s."at"), greatest(w.last_at, s."at")
  FROM walk AS w JOIN step AS s ON s.x = w.y
  WHERE w.y <> $person_id AND len(w.people) < $max_hops AND NOT list_contains(w.people, w.y)
)
SELECT len(people) AS links, people, first_at, last_at
FROM walk WHERE y = $person_id
ORDER BY links, people LIMIT $limit
