// purpose:    who got money back from this merchant, how often, and how soon
// zh:         哪些人从该商户获得退款、次数与速度
// parameters: $merchant_id merchant; which merchant
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each person with a refund, the most first: person_id, payments, refunds, refunded, fastest_hours
// cost:       the payments of the merchant
// example:    graphfraud query merchant_refunds --param merchant_id=m-1
:param merchant_id => 'm-1';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Merchant {merchant_id: $merchant_id})<-[paid:PAID]-(person:Person)
WHERE since <= paid.at <= until
WITH until, person, collect(paid) AS made
WITH person, size(made) AS payments, [one IN made WHERE one.refunded_at <= until] AS back
WHERE size(back) > 0
RETURN person.person_id AS person_id, payments, size(back) AS refunds, round(reduce(sum = 0.0, one IN back | sum + one.amount), 2) AS refunded,
  reduce(least = 1.0e9, one IN back | CASE WHEN duration.inSeconds(one.at, one.refunded_at).seconds / 3600.0 < least THEN duration.inSeconds(one.at, one.refunded_at).seconds / 3600.0 ELSE least END) AS fastest_hours
ORDER BY refunds DESC, refunded DESC, person_id LIMIT $limit
