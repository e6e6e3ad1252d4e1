// purpose:    money of one loan that paid back another within days: borrowing to repay
// zh:         以贷还贷：一笔放款后几天内偿还另一笔贷款
// parameters: $person_id person; whom to look at
//             $days integer 1..60 = 7; days from money in to money out at most
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each pair, the newest first: loan_id, disbursed, disbursed_at, repaid_loan_id, repaid, repaid_at
// cost:       disbursements times repayments of the person
// example:    graphfraud query refinancing --param person_id=p-1
:param person_id => 'p-1';
:param days => 7;
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (fresh:Loan)-[came:DISBURSED]->(:Person {person_id: $person_id})-[went:REPAID]->(old:Loan)
WHERE old <> fresh AND since <= came.at <= until AND came.at <= went.at <= came.at + duration({days: $days}) AND went.at <= until
RETURN fresh.loan_id AS loan_id, came.amount AS disbursed, came.at AS disbursed_at,
  old.loan_id AS repaid_loan_id, went.amount AS repaid, went.at AS repaid_at
ORDER BY repaid_at DESC, disbursed_at DESC, loan_id, repaid_loan_id LIMIT $limit
