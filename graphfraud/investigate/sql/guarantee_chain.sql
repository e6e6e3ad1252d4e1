-- purpose:    the loans of everybody for whom this person answers through chains of guarantees
-- zh:         此人通过担保链间接担保的全部贷款
-- parameters: $person_id person; whom to look at
--             $max_hops integer 1..10000 = 5; links to follow at most; a guarantee for a loan is one, from the loan to who owes it another
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
-- returns:    one record: people, loans, total
-- cost:       a search over guarantees from the person; nobody is visited twice
-- example:    graphfraud query guarantee_chain --param person_id=p-1
WITH RECURSIVE step AS MATERIALIZED (
  SELECT DISTINCT guarantor_id AS x, coalesce('loan:' || loan_id, 'person:' || person_id) AS y FROM raw_guarantees WHERE within("at")
  UNION SELECT 'loan:' || loan_id, 'person:' || person_id FROM loans
), reach(node, far) USING KEY (node) AS (
  SELECT 'person:' || $person_id, 0
  UNION
  SELECT s.y, r.far + 1
  FROM reach AS r
  JOIN step AS s ON s.x = CASE WHEN r.node LIKE 'person:%' THEN substr(r.node, 8) ELSE r.node END
  WHERE r.far < $max_hops AND NOT EXISTS (SELECT 1 FROM recurring.reach AS seen WHERE seen.node = s.y)
), met AS (
  SELECT substr(node, 8) AS person_id FROM reach WHERE far > 0 AND node LIKE 'person:%' AND node <> 'person:' || $person_id
)
SELECT count(DISTINCT m.person_id) AS people, count(DISTINCT l.loan_id) AS loans, coalesce(sum(l.principal), 0) / 100 AS total
FROM met AS m
LEFT JOIN loans AS l ON l.person_id = m.person_id AND coalesce(l.opened_at, getvariable('as_of')) <= getvariable('as_of')
