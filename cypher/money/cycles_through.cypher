// purpose:    money that left this person and came back, each payment later than the one before
// zh:         从此人转出又转回的资金环路
// parameters: $person_id person; whom to look at
//             $max_payments integer 2..5 = 4; payments of a cycle at most
//             $min_amount number 0..1000000000 = 100; yuan of each payment at least
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..200 = 50; rows at most
// returns:    a record for each cycle, the shortest first: payments, people, smallest, first_at, last_at, payment_ids
// cost:       payments within five steps of the person and in the window: keep it narrow
// example:    graphfraud query cycles_through --param person_id=p-1
:param person_id => 'p-1';
:param max_payments => 4;
:param min_amount => 100;
:param from => null;
:param to => null;
:param limit => 50;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (start:Person {person_id: $person_id})
MATCH path = (start) ((x:Person)-[r:PAID]->(y:Person) WHERE r.amount >= $min_amount AND since <= r.at <= until){2,5} (start)
WHERE size(r) <= $max_payments AND all(i IN range(1, size(r) - 1) WHERE r[i - 1].at < r[i].at)
  AND all(one IN x WHERE single(other IN x WHERE other = one))
RETURN size(r) AS payments, [one IN x | one.person_id] AS people,
  reduce(least = r[0].amount, one IN r | CASE WHEN one.amount < least THEN one.amount ELSE least END) AS smallest,
  r[0].at AS first_at, r[-1].at AS last_at, [one IN r | one.payment_id] AS payment_ids
ORDER BY payments, first_at, payment_ids LIMIT $limit
