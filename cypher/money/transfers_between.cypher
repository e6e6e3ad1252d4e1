// purpose:    payments between two people, in both directions
// zh:         两人之间的转账（双向）
// parameters: $person_id person; whom to look at
//             $other_id person; the other person
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each payment, the newest first: at, payer_id, payee_id, amount, refunded_at, payment_id
// cost:       the payments between the two
// example:    graphfraud query transfers_between --param person_id=p-1 --param other_id=p-2
:param person_id => 'p-1';
:param other_id => 'p-2';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (a:Person {person_id: $person_id})-[paid:PAID]-(b:Person {person_id: $other_id})
WHERE since <= paid.at <= until
RETURN paid.at AS at, startNode(paid).person_id AS payer_id, endNode(paid).person_id AS payee_id, paid.amount AS amount,
  CASE WHEN paid.refunded_at <= until THEN paid.refunded_at END AS refunded_at, paid.payment_id AS payment_id
ORDER BY at DESC, payment_id LIMIT $limit
