// purpose:    who else logged in on a device of this person, how often, first and last
// zh:         还有谁在此人的设备上登录过，次数与首末时间
// parameters: $person_id person; whom to look at
//             $hub_limit integer 1..100000 = 60; a thing that more people have ties nobody to anybody
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each other person and device, the rarest first: device_id, person_id, logins, first_at, last_at, other_logins, other_first_at, other_last_at, people
// cost:       the logins on the person's devices
// example:    graphfraud query shared_devices --param person_id=p-1
:param person_id => 'p-1';
:param hub_limit => 60;
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Person {person_id: $person_id})-[mine:LOGGED_IN]->(device:Device)
WHERE since <= mine.at <= until
WITH since, until, device, count(mine) AS logins, min(mine.at) AS first_at, max(mine.at) AS last_at
CALL (device, since, until) {
  MATCH (device)<-[theirs:LOGGED_IN]-(other:Person) WHERE since <= theirs.at <= until
  WITH other, count(theirs) AS logins, min(theirs.at) AS first_at, max(theirs.at) AS last_at
  RETURN collect({person_id: other.person_id, logins: logins, first_at: first_at, last_at: last_at}) AS users
}
WITH device, logins, first_at, last_at, users WHERE size(users) <= $hub_limit
UNWIND users AS other
WITH device, logins, first_at, last_at, users, other WHERE other.person_id <> $person_id
RETURN device.device_id AS device_id, other.person_id AS person_id, logins, first_at, last_at,
  other.logins AS other_logins, other.first_at AS other_first_at, other.last_at AS other_last_at, size(users) AS people
ORDER BY people, device_id, person_id LIMIT $limit
