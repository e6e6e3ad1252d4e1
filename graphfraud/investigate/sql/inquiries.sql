-- purpose:    which lenders asked the bureau about this person, how often, and whether they lent
-- zh:         哪些机构查询过此人征信、次数以及是否放款
-- parameters: $person_id person; whom to look at
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each lender, the newest inquiry first: lender_id, inquiries, first_at, last_at, loans
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query inquiries --param person_id=p-1
SELECT i.lender_id, count(*) AS inquiries, min(i."at") AS first_at, max(i."at") AS last_at,
  (SELECT count(*) FROM loans AS l WHERE l.person_id = $person_id AND l.lender_id = i.lender_id AND within(l.opened_at)) AS loans
FROM raw_inquiries AS i
WHERE i.person_id = $person_id AND within(i."at")
GROUP BY i.lender_id
ORDER BY last_at DESC, i.lender_id LIMIT $limit
