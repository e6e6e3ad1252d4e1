// purpose:    circles of people who answer for one another, through this person
// zh:         经过此人的循环担保
// parameters: $person_id person; whom to look at
//             $max_hops integer 2..6 = 4; people of a circle at most
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..200 = 50; rows at most
// returns:    a record for each circle, the smallest first: links, people, first_at, last_at
// cost:       the guarantees within six links of the person
// example:    graphfraud query guarantee_cycles --param person_id=p-1
:param person_id => 'p-1';
:param max_hops => 4;
:param from => null;
:param to => null;
:param limit => 50;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (start:Person {person_id: $person_id})
MATCH path = (start) ((x:Person)-[r:GUARANTEES]->(y:Person) WHERE since <= coalesce(r.at, until) <= until){2,6} (start)
WHERE size(r) <= $max_hops AND all(one IN x WHERE single(other IN x WHERE other = one))
RETURN size(r) AS links, [one IN x | one.person_id] AS people,
  reduce(first = r[0].at, one IN r | CASE WHEN one.at < first THEN one.at ELSE first END) AS first_at,
  reduce(last = r[0].at, one IN r | CASE WHEN one.at > last THEN one.at ELSE last END) AS last_at
ORDER BY links, people LIMIT $limit
