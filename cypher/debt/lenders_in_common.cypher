// purpose:    lenders that both people owe or owed
// zh:         两人共同的贷款机构
// parameters: $person_id person; whom to look at
//             $other_id person; the other person
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each lender: lender_id, loans, other_loans, outstanding, other_outstanding
// cost:       the loans of both people; the window holds for the opening
// example:    graphfraud query lenders_in_common --param person_id=p-1 --param other_id=p-2
:param person_id => 'p-1';
:param other_id => 'p-2';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Person {person_id: $person_id})-[:OWES]->(mine:Loan)-[:LENT_BY]->(lender:Lender)
WHERE since <= coalesce(mine.opened_at, until) <= until
WITH since, until, lender, count(mine) AS loans, round(sum(mine.outstanding), 2) AS outstanding
MATCH (lender)<-[:LENT_BY]-(theirs:Loan)<-[:OWES]-(:Person {person_id: $other_id})
WHERE since <= coalesce(theirs.opened_at, until) <= until
RETURN lender.lender_id AS lender_id, loans, count(theirs) AS other_loans, outstanding, round(sum(theirs.outstanding), 2) AS other_outstanding
ORDER BY outstanding + other_outstanding DESC, lender_id LIMIT $limit
