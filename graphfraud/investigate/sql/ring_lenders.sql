-- purpose:    which lenders the members of a ring owe, and how much
-- zh:         团伙成员共同的贷款机构及欠款
-- parameters: $ring_id ring; which ring of the current run
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each lender, the one with most members first: lender_id, members, loans, outstanding
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query ring_lenders --param ring_id=ring-1
SELECT lender_id, count(DISTINCT person_id) AS members, count(*) AS loans, sum(outstanding) / 100 AS outstanding
FROM loans
WHERE person_id IN (SELECT person_id FROM run_ring_members WHERE ring_id = $ring_id)
  AND lender_id IS NOT NULL AND closed_at IS NULL AND within(opened_at)
GROUP BY lender_id
ORDER BY members DESC, outstanding DESC, lender_id LIMIT $limit
