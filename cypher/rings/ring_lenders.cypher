// purpose:    which lenders the members of a ring owe, and how much
// zh:         团伙成员共同的贷款机构及欠款
// parameters: $ring_id ring; which ring of the current run
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each lender, the one with most members first: lender_id, members, loans, outstanding
// cost:       the loans of every member
// example:    graphfraud query ring_lenders --param ring_id=ring-1
:param ring_id => 'ring-1';
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS until
MATCH (:Current {name: 'run'})-[:IS]->(now:Run)
MATCH (ring:Ring {run_id: now.run_id, ring_id: $ring_id})<-[:MEMBER_OF_RING]-(person:Person)-[:OWES]->(loan:Loan)-[:LENT_BY]->(lender:Lender)
CALL (loan, until) {
  MATCH (loan)-[:OBSERVED]->(state:LoanState) WHERE coalesce(state.observed_at, until) <= until
  RETURN state ORDER BY state.observed_at IS NOT NULL DESC, state.observed_at DESC LIMIT 1
}
WITH lender, person, state, until
WHERE coalesce(state.opened_at, until) <= until AND NOT coalesce(state.closed_at <= until, false)
RETURN lender.lender_id AS lender_id, count(DISTINCT person) AS members, count(state) AS loans, round(sum(state.outstanding), 2) AS outstanding
ORDER BY members DESC, outstanding DESC, lender_id LIMIT $limit
