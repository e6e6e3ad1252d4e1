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
MATCH (person:Person) WHERE person.person_id IN [$person_id, $other_id]
MATCH (person)-[:OWES]->(loan:Loan)-[:LENT_BY]->(lender:Lender)
CALL (loan, until) {
  MATCH (loan)-[:OBSERVED]->(state:LoanState) WHERE coalesce(state.observed_at, until) <= until
  RETURN state ORDER BY state.observed_at IS NOT NULL DESC, state.observed_at DESC LIMIT 1
}
WITH since, until, person.person_id = $person_id AS mine, lender, state
WHERE since <= coalesce(state.opened_at, until) <= until
WITH lender, collect({mine: mine, outstanding: state.outstanding}) AS all
WITH lender, [one IN all WHERE one.mine | one.outstanding] AS mine, [one IN all WHERE NOT one.mine | one.outstanding] AS theirs
WHERE size(mine) > 0 AND size(theirs) > 0
RETURN lender.lender_id AS lender_id, size(mine) AS loans, size(theirs) AS other_loans,
  round(reduce(sum = 0.0, one IN mine | sum + one), 2) AS outstanding,
  round(reduce(sum = 0.0, one IN theirs | sum + one), 2) AS other_outstanding
ORDER BY outstanding + other_outstanding DESC, lender_id LIMIT $limit
