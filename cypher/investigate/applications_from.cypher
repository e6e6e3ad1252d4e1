// purpose:    applications made on the same devices as this person's, in a window
// zh:         与此人同一设备提交的贷款申请
// parameters: $person_id person; whom to look at
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each application, the newest first: application_id, person_id, device_id, amount, at
// cost:       the applications of everybody who used the person's devices
// example:    graphfraud query applications_from --param person_id=p-1
:param person_id => 'p-1';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Person {person_id: $person_id})-[:USED_DEVICE]->(device:Device)<-[:USED_DEVICE]-(other:Person)-[:SUBMITTED]->(made:Application)
WHERE made.device_id = device.device_id AND other.person_id <> $person_id AND since <= made.at <= until
RETURN DISTINCT made.application_id AS application_id, other.person_id AS person_id, device.device_id AS device_id,
  made.amount AS amount, made.at AS at
ORDER BY at DESC, application_id LIMIT $limit
