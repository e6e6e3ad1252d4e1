// purpose:    who answers for this person, directly and through others
// zh:         谁直接或间接为此人担保
// parameters: $person_id person; whom to look at
//             $max_hops integer 1..100 = 3; links to follow at most
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each guarantor, the nearest first: person_id, links, score, outstanding
// cost:       a search over guarantees towards the person; score and outstanding are of the current run
// example:    graphfraud query guarantors --param person_id=p-1
:param person_id => 'p-1';
:param max_hops => 3;
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (target:Person {person_id: $person_id})
MATCH path = SHORTEST 1 (target)
  ((y)-[r:GUARANTEES|OWES]-(x)
    WHERE CASE WHEN r:GUARANTEES THEN startNode(r) = x AND since <= coalesce(r.at, until) <= until ELSE startNode(r) = y END){1,} (found:Person)
WHERE found <> target AND length(path) <= $max_hops
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(now:Run)
OPTIONAL MATCH (said:Assessment {run_id: now.run_id, person_id: found.person_id})
RETURN found.person_id AS person_id, length(path) AS links, said.score AS score, said.outstanding AS outstanding
ORDER BY links, person_id LIMIT $limit
