// purpose:    people and merchants that two or more members of a ring pay
// zh:         团伙成员共同的收款方
// parameters: $ring_id ring; which ring of the current run
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each payee, the one with most members first: label, id, members, payments, total
// cost:       the payments of every member
// example:    graphfraud query common_payees --param ring_id=ring-1
:param ring_id => 'ring-1';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Current {name: 'run'})-[:IS]->(now:Run)
MATCH (ring:Ring {run_id: now.run_id, ring_id: $ring_id})<-[:MEMBER_OF_RING]-(person:Person)-[paid:PAID]->(payee)
WHERE payee <> person AND since <= paid.at <= until
WITH payee, count(DISTINCT person) AS members, count(paid) AS payments, round(sum(paid.amount), 2) AS total
WHERE members >= 2
RETURN labels(payee)[0] AS label, coalesce(payee.person_id, payee.merchant_id) AS id, members, payments, total
ORDER BY members DESC, total DESC, label, id LIMIT $limit
