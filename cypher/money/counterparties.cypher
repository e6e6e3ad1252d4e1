// purpose:    with whom this person exchanges most money
// zh:         与此人资金往来最多的对象
// parameters: $person_id person; whom to look at
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each counterparty, the largest first: label, id, payments_out, total_out, payments_in, total_in, first_at, last_at
// cost:       the payments of the person
// example:    graphfraud query counterparties --param person_id=p-1
:param person_id => 'p-1';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (person:Person {person_id: $person_id})-[paid:PAID]-(other)
WHERE other <> person AND since <= paid.at <= until
WITH person, other, collect(paid) AS all
WITH other, [one IN all WHERE startNode(one) = person] AS out, [one IN all WHERE endNode(one) = person] AS came, all
RETURN labels(other)[0] AS label, coalesce(other.person_id, other.merchant_id) AS id,
  size(out) AS payments_out, round(reduce(sum = 0.0, one IN out | sum + one.amount), 2) AS total_out,
  size(came) AS payments_in, round(reduce(sum = 0.0, one IN came | sum + one.amount), 2) AS total_in,
  reduce(first = all[0].at, one IN all | CASE WHEN one.at < first THEN one.at ELSE first END) AS first_at,
  reduce(last = all[0].at, one IN all | CASE WHEN one.at > last THEN one.at ELSE last END) AS last_at
ORDER BY total_out + total_in DESC, label, id LIMIT $limit
