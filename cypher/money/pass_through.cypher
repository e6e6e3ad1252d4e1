// purpose:    money that came to this person and went on within hours
// zh:         快进快出：收款后数小时内转出
// parameters: $person_id person; whom to look at
//             $hours integer 1..720 = 24; hours from in to out at most
//             $min_amount number 0..1000000000 = 1000; yuan at least
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each pair of payments, the newest first: payer_id, came, came_at, payee_id, went, went_at
// cost:       payments in times payments out of the person
// example:    graphfraud query pass_through --param person_id=p-1
:param person_id => 'p-1';
:param hours => 24;
:param min_amount => 1000;
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (payer)-[came:PAID]->(:Person {person_id: $person_id})-[went:PAID]->(payee)
WHERE since <= came.at <= until AND came.at <= went.at <= came.at + duration({hours: $hours}) AND went.at <= until
  AND came.amount >= $min_amount AND went.amount >= 0.8 * came.amount AND went.amount <= came.amount
RETURN coalesce(payer.person_id, payer.merchant_id) AS payer_id, came.amount AS came, came.at AS came_at,
  coalesce(payee.person_id, payee.merchant_id) AS payee_id, went.amount AS went, went.at AS went_at
ORDER BY went_at DESC, came_at DESC, payer_id, payee_id LIMIT $limit
