// purpose:    who complained about this person, and about whom the same people complained too
// zh:         谁举报过此人，以及这些人还举报过谁
// parameters: $person_id person; whom to look at
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each complaint: reporter_id, person_id, at, reason
// cost:       the complaints of the person's reporters
// example:    graphfraud query complaints --param person_id=p-1
:param person_id => 'p-1';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Person {person_id: $person_id})<-[:REPORTED]-(reporter:Person)
WITH DISTINCT since, until, reporter
MATCH (reporter)-[made:REPORTED]->(about:Person)
WHERE since <= made.at <= until
RETURN reporter.person_id AS reporter_id, about.person_id AS person_id, made.at AS at, made.reason AS reason
ORDER BY at DESC, reporter_id, person_id LIMIT $limit
