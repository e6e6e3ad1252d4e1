-- purpose:    what and who this person is tied to directly, by what, how often, since when
-- zh:         此人直接关联的人和物：何种关系、次数、起止时间
-- parameters: $person_id person; whom to look at
--             $per_kind integer 1..200 = 20; neighbours shown of each kind of tie, the strongest first
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
-- returns:    a record for each neighbour and kind of tie: relationship, direction, label, id, links, first_at, last_at, of
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query neighbours --param person_id=p-1
WITH mine AS (
  SELECT relationship, CASE relationship WHEN 'FRIEND_OF' THEN 'both' ELSE 'out' END AS direction,
    target_label AS label, target_id AS id, "at"
  FROM links WHERE source_label = 'Person' AND source_id = $person_id AND (target_label <> 'Person' OR target_id <> $person_id)
  UNION ALL
  SELECT relationship, CASE relationship WHEN 'FRIEND_OF' THEN 'both' ELSE 'in' END, source_label, source_id, "at"
  FROM links WHERE target_label = 'Person' AND target_id = $person_id AND (source_label <> 'Person' OR source_id <> $person_id)
), counted AS (
  SELECT relationship, direction, label, id, count(*) AS links, min("at") AS first_at, max("at") AS last_at
  FROM mine WHERE within("at") GROUP BY relationship, direction, label, id
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY relationship, direction, label ORDER BY links DESC, id) AS place,
    count(*) OVER (PARTITION BY relationship, direction, label) AS "of"
  FROM counted
)
SELECT relationship, direction, label, id, links, first_at, last_at, "of"
FROM ranked WHERE place <= $per_kind
ORDER BY relationship, direction, label, links DESC, id
