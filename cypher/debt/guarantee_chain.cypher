// purpose:    the loans of everybody for whom this person answers through chains of guarantees
// zh:         此人通过担保链间接担保的全部贷款
// parameters: $person_id person; whom to look at
//             $max_hops integer 1..10000 = 5; links to follow at most; a guarantee for a loan is one, from the loan to who owes it another
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
// returns:    one record: people, loans, total
// cost:       a search over guarantees from the person; nobody is visited twice. The window holds for guarantees; the loans are those known at the run's as-of
// example:    graphfraud query guarantee_chain --param person_id=p-1
:param person_id => 'p-1';
:param max_hops => 5;
:param from => null;
:param to => null;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (start:Person {person_id: $person_id})
OPTIONAL MATCH path = SHORTEST 1 (start)
  ((x)-[r:GUARANTEES|OWES]-(y)
    WHERE CASE WHEN r:GUARANTEES THEN startNode(r) = x AND since <= coalesce(r.at, until) <= until ELSE endNode(r) = x END){1,} (end:Person)
WHERE end <> start AND length(path) <= $max_hops
WITH DISTINCT as_of, end
OPTIONAL MATCH (end)-[:OWES]->(loan:Loan)
WHERE coalesce(loan.opened_at, as_of) <= as_of
RETURN count(DISTINCT end) AS people, count(loan) AS loans, coalesce(sum(toInteger(round(loan.principal * 100))), 0) / 100.0 AS total
