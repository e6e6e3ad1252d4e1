-- purpose:    what this person owes to whom, as last observed by the as-of
-- zh:         此人未结清的贷款
-- parameters: $person_id person; whom to look at
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each open loan, the largest first: loan_id, lender_id, principal, outstanding, opened_at, due_at, days_past_due
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query open_loans --param person_id=p-1
SELECT loan_id, lender_id, principal / 100 AS principal, outstanding / 100 AS outstanding, opened_at, due_at, days_past_due
FROM loans
WHERE person_id = $person_id AND closed_at IS NULL AND within(opened_at)
ORDER BY outstanding DESC, loan_id LIMIT $limit
