// purpose:    what this person owes to whom, as last observed by the as-of
// zh:         此人未结清的贷款
// parameters: $person_id person; whom to look at
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each open loan, the largest first: loan_id, lender_id, principal, outstanding, opened_at, due_at, days_past_due
// cost:       the loans of the person and their history
// example:    graphfraud query open_loans --param person_id=p-1
:param person_id => 'p-1';
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS until
MATCH (:Person {person_id: $person_id})-[:OWES]->(loan:Loan)
CALL (loan, until) {
  MATCH (loan)-[:OBSERVED]->(state:LoanState) WHERE coalesce(state.observed_at, until) <= until
  RETURN state ORDER BY state.observed_at IS NOT NULL DESC, state.observed_at DESC LIMIT 1
}
WITH loan, state, until
WHERE coalesce(state.opened_at, until) <= until AND NOT coalesce(state.closed_at <= until, false)
RETURN loan.loan_id AS loan_id, state.lender_id AS lender_id, state.principal AS principal, state.outstanding AS outstanding,
  state.opened_at AS opened_at, state.due_at AS due_at, state.days_past_due AS days_past_due
ORDER BY outstanding DESC, loan_id LIMIT $limit
