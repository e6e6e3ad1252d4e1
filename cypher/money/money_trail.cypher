// purpose:    where money went from this person: each payment within hours of the one before
// zh:         此人转出资金的去向（逐笔跟踪）
// parameters: $person_id person; whom to look at
//             $max_payments integer 1..4 = 3; payments of a trail at most
//             $hours integer 1..720 = 48; hours from one payment to the next at most
//             $min_amount number 0..1000000000 = 1000; yuan of each payment at least
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each trail, the longest first: payments, people, smallest, first_at, last_at
// cost:       payments within four steps of the person and in the window
// example:    graphfraud query money_trail --param person_id=p-1
:param person_id => 'p-1';
:param max_payments => 3;
:param hours => 48;
:param min_amount => 1000;
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (start:Person {person_id: $person_id})
MATCH path = (start) ((x:Person)-[r:PAID]->(y:Person) WHERE r.amount >= $min_amount AND since <= r.at <= until){1,4} (end)
WHERE size(r) <= $max_payments AND all(one IN x WHERE single(other IN x WHERE other = one)) AND NOT end IN x
  AND all(i IN range(1, size(r) - 1) WHERE r[i - 1].at < r[i].at <= r[i - 1].at + duration({hours: $hours}))
RETURN size(r) AS payments, [one IN x | one.person_id] + [end.person_id] AS people,
  reduce(least = r[0].amount, one IN r | CASE WHEN one.amount < least THEN one.amount ELSE least END) AS smallest,
  r[0].at AS first_at, r[-1].at AS last_at
ORDER BY payments DESC, first_at, last_at, people, smallest LIMIT $limit
