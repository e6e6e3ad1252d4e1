-- purpose:    the shortest ways in which two people are tied, the most telling first
-- zh:         两人之间最短的关联路径，最有说服力的在前
-- parameters: $person_id person; whom to look at
--             $other_id person; the other person
--             $max_links integer 1..8 = 6; links of a way at most
--             $hub_limit integer 1..100000 = 60; a thing that more people have ties nobody to anybody
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..20 = 3; ways at most
-- returns:    a record for each way with the fewest links, the lowest cost first: links, cost, way
-- cost:       two passes over all ties between people and things
-- example:    graphfraud query explanation_path --param person_id=p-1 --param other_id=p-2
WITH RECURSIVE step AS MATERIALIZED (
  SELECT DISTINCT source_id AS x, relationship, CASE target_label WHEN 'Person' THEN target_id ELSE target_label || ':' || target_id END AS y
  FROM ties
  WHERE target_label = 'Person' OR people <= $hub_limit
), both_ways AS MATERIALIZED (
  SELECT x, relationship, y FROM step UNION SELECT y, relationship, x FROM step
), reach(node, far) USING KEY (node) AS (
  SELECT $person_id, 0
  UNION
  SELECT b.y, r.far + 1
  FROM reach AS r JOIN both_ways AS b ON b.x = r.node
  WHERE r.far < $max_links AND NOT EXISTS (SELECT 1 FROM recurring.reach AS seen WHERE seen.node IN (b.y, $other_id))
), back(node, far, way, cost) AS (
  SELECT node, far, [node], 0 FROM reach WHERE node = $other_id AND far > 0
  UNION ALL
  SELECT r.node, r.far, [r.node, b.relationship] || k.way, k.cost + CASE b.relationship WHEN 'HAS_NATIONAL_ID' THEN 1 WHEN 'HAS_CARD' THEN 1 WHEN 'HAS_PHONE' THEN 1 WHEN 'GUARANTEES' THEN 2 WHEN 'HAS_EMAIL' THEN 2 WHEN 'USED_DEVICE' THEN 2 WHEN 'LISTS_CONTACT' THEN 3 WHEN 'PAID' THEN 4 WHEN 'HAS_ADDRESS' THEN 4 WHEN 'FRIEND_OF' THEN 5 ELSE 6 END
  FROM back AS k JOIN both_ways AS b ON b.y = k.node JOIN reach AS r ON r.node = b.x AND r.far = k.far - 1
)
SELECT len(way) // 2 AS links, cost, way
FROM back WHERE far = 0
ORDER BY cost, way LIMIT $limit
