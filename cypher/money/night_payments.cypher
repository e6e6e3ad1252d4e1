// purpose:    large payments of this person at night, by the clock of China
// zh:         此人的夜间大额转账（北京时间）
// parameters: $person_id person; whom to look at
//             $min_amount number 0..1000000000 = 10000; yuan at least
//             $night_start integer 0..23 = 23; hour from which it is night
//             $night_end integer 0..23 = 6; hour from which it is day
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each payment, the newest first: at, payee_id, amount, payment_id
// cost:       the payments of the person
// example:    graphfraud query night_payments --param person_id=p-1
:param person_id => 'p-1';
:param min_amount => 10000;
:param night_start => 23;
:param night_end => 6;
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Person {person_id: $person_id})-[paid:PAID]->(payee)
WHERE since <= paid.at <= until AND paid.amount >= $min_amount
WITH paid, payee, datetime({datetime: paid.at, timezone: 'Asia/Shanghai'}).hour AS hour
WHERE hour >= $night_start OR hour < $night_end
RETURN paid.at AS at, coalesce(payee.person_id, payee.merchant_id) AS payee_id, paid.amount AS amount, paid.payment_id AS payment_id
ORDER BY at DESC, payment_id LIMIT $limit
