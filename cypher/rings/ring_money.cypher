// purpose:    money that went between the members of a ring
// zh:         团伙成员之间的资金往来
// parameters: $ring_id ring; which ring of the current run
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each pair, the largest first: payer_id, payee_id, payments, total, first_at, last_at
// cost:       the payments between members
// example:    graphfraud query ring_money --param ring_id=ring-1
:param ring_id => 'ring-1';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Current {name: 'run'})-[:IS]->(now:Run)
MATCH (ring:Ring {run_id: now.run_id, ring_id: $ring_id})<-[:MEMBER_OF_RING]-(payer:Person)
MATCH (payer)-[paid:PAID]->(payee:Person)
WHERE payee <> payer AND since <= paid.at <= until AND EXISTS { (payee)-[:MEMBER_OF_RING]->(ring) }
RETURN payer.person_id AS payer_id, payee.person_id AS payee_id, count(paid) AS payments, round(sum(paid.amount), 2) AS total,
  min(paid.at) AS first_at, max(paid.at) AS last_at
ORDER BY total DESC, payer_id, payee_id LIMIT $limit
