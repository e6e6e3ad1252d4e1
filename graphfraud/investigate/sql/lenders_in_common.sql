-- purpose:    lenders that both people owe or owed
-- zh:         两人共同的贷款机构
-- parameters: $person_id person; whom to look at
--             $other_id person; the other person
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each lender: lender_id, loans, other_loans, outstanding, other_outstanding
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query lenders_in_common --param person_id=p-1 --param other_id=p-2
SELECT lender_id, count(*) FILTER (person_id = $person_id) AS loans, count(*) FILTER (person_id = $other_id) AS other_loans,
  sum(outstanding) FILTER (person_id = $person_id) / 100 AS outstanding, sum(outstanding) FILTER (person_id = $other_id) / 100 AS other_outstanding
FROM loans
WHERE person_id IN ($person_id, $other_id) AND lender_id IS NOT NULL AND within(opened_at)
GROUP BY lender_id HAVING count(*) FILTER (person_id = $person_id) > 0 AND count(*) FILTER (person_id = $other_id) > 0
ORDER BY sum(outstanding) DESC, lender_id LIMIT $limit
