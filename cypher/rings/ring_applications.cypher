// purpose:    applications of the members of a ring, in the order in which they came
// zh:         团伙成员的贷款申请，按时间先后
// parameters: $ring_id ring; which ring of the current run
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each application: at, application_id, person_id, amount, device_id, ip
// cost:       the applications of every member
// example:    graphfraud query ring_applications --param ring_id=ring-1
:param ring_id => 'ring-1';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Current {name: 'run'})-[:IS]->(now:Run)
MATCH (ring:Ring {run_id: now.run_id, ring_id: $ring_id})<-[:MEMBER_OF_RING]-(person:Person)-[:SUBMITTED]->(made:Application)
WHERE since <= made.at <= until
RETURN made.at AS at, made.application_id AS application_id, person.person_id AS person_id, made.amount AS amount,
  made.device_id AS device_id, made.ip AS ip
ORDER BY at, application_id LIMIT $limit
