-- purpose:    what changed between the run before and the current one: rings that came, went, grew or shrank, and decisions that turned
-- zh:         与上一批次相比的变化：团伙的新增、消失、扩大、缩小，以及决定的改变
-- parameters: $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each change, rings first: what, id, before, after
-- cost:       two runs side by side; a graph keeps only the current run, so this reads the files of both
-- example:    graphfraud query what_changed
WITH ring AS (
  SELECT coalesce(n.ring_id, o.ring_id) AS id, o.size AS before, n.size AS after
  FROM run_rings AS n FULL JOIN before_rings AS o ON o.ring_id = n.ring_id
), changes AS (
  SELECT 1 AS part, CASE WHEN before IS NULL THEN 'ring appeared' WHEN after IS NULL THEN 'ring gone' WHEN after > before THEN 'ring grew' ELSE 'ring shrank' END AS what,
    id, before::VARCHAR AS before, after::VARCHAR AS after
  FROM ring WHERE before IS DISTINCT FROM after
  UNION ALL
  SELECT 2, CASE WHEN n.person_id IS NULL THEN 'left a ring' ELSE 'joined a ring' END, coalesce(n.person_id, o.person_id), o.ring_id, n.ring_id
  FROM run_ring_members AS n FULL JOIN before_ring_members AS o ON o.ring_id = n.ring_id AND o.person_id = n.person_id
  WHERE n.person_id IS NULL OR o.person_id IS NULL
  UNION ALL
  SELECT 3, 'decision', n.person_id, o.decision, n.decision
  FROM run_scores AS n JOIN before_scores AS o ON o.person_id = n.person_id
  WHERE n.decision <> o.decision
)
SELECT what, id, before, after FROM changes ORDER BY part, what, id, before, after LIMIT $limit
