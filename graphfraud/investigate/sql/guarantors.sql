-- purpose:    who answers for this person, directly and through others
-- zh:         谁直接或间接为此人担保
-- parameters: $person_id person; whom to look at
--             $max_hops integer 1..100 = 3; links to follow at most
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each guarantor, the nearest first: person_id, links, score, outstanding
-- cost:       a search over guarantees towards the person
-- example:    graphfraud query guarantors --param person_id=p-1
WITH RECURSIVE step AS MATERIALIZED (
  SELECT DISTINCT 'person:' || guarantor_id AS x, coalesce('loan:' || loan_id, 'person:' || person_id) AS y FROM raw_guarantees WHERE within("at")
  UNION SELECT 'loan:' || loan_id, 'person:' || person_id FROM loans
), reach(node, far) USING KEY (node) AS (
  SELECT 'person:' || $person_id, 0
  UNION
  SELECT s.x, r.far + 1 FROM reach AS r JOIN step AS s ON s.y = r.node
  WHERE r.far < $max_hops AND NOT EXISTS (SELECT 1 FROM recurring.reach AS seen WHERE seen.node = s.x)
)
SELECT substr(r.node, 8) AS person_id, r.far AS links, s.score, d.outstanding
FROM reach AS r
LEFT JOIN run_scores AS s ON s.person_id = substr(r.node, 8)
LEFT JOIN run_debt AS d ON d.person_id = substr(r.node, 8)
WHERE r.far > 0 AND r.node LIKE 'person:%' AND r.node <> 'person:' || $person_id
ORDER BY links, r.node LIMIT $limit
