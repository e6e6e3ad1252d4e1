// purpose:    which lenders asked the bureau about this person, how often, and whether they lent
// zh:         哪些机构查询过此人征信、次数以及是否放款
// parameters: $person_id person; whom to look at
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each lender, the newest inquiry first: lender_id, inquiries, first_at, last_at, loans
// cost:       the inquiries and loans of the person
// example:    graphfraud query inquiries --param person_id=p-1
:param person_id => 'p-1';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (person:Person {person_id: $person_id})-[asked:INQUIRED_BY]->(lender:Lender)
WHERE since <= asked.at <= until
WITH person, since, until, lender, count(asked) AS inquiries, min(asked.at) AS first_at, max(asked.at) AS last_at
RETURN lender.lender_id AS lender_id, inquiries, first_at, last_at,
  COUNT { MATCH (person)-[:OWES]->(loan:Loan)-[:LENT_BY]->(lender) WHERE since <= coalesce(loan.opened_at, until) <= until } AS loans
ORDER BY last_at DESC, lender_id LIMIT $limit
