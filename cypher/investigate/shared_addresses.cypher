// purpose:    who else logged in from a network address of this person
// zh:         还有谁使用过此人的网络地址登录
// parameters: $person_id person; whom to look at
//             $hub_limit integer 1..100000 = 60; a thing that more people have ties nobody to anybody
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each other person and address, the rarest first: ip, kind, person_id, logins, other_logins, first_at, last_at, people
// cost:       the logins of everybody who used the person's addresses
// example:    graphfraud query shared_addresses --param person_id=p-1
:param person_id => 'p-1';
:param hub_limit => 60;
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Person {person_id: $person_id})-[mine:LOGGED_IN]->(:Device)
WHERE mine.ip IS NOT NULL AND since <= mine.at <= until
WITH since, until, mine.ip AS ip, count(mine) AS logins
MATCH (address:IP {ip: ip})
WHERE COUNT { (address)<-[:USED_IP]-() } <= $hub_limit
CALL (address, since, until) {
  MATCH (address)<-[:USED_IP]-(other:Person)-[theirs:LOGGED_IN]->(:Device)
  WHERE theirs.ip = address.ip AND since <= theirs.at <= until
  WITH other, count(theirs) AS logins, min(theirs.at) AS first_at, max(theirs.at) AS last_at
  RETURN collect({person_id: other.person_id, logins: logins, first_at: first_at, last_at: last_at}) AS users
}
UNWIND users AS other
WITH address, logins, users, other WHERE other.person_id <> $person_id
RETURN address.ip AS ip, address.kind AS kind, other.person_id AS person_id, logins, other.logins AS other_logins,
  other.first_at AS first_at, other.last_at AS last_at, size(users) AS people
ORDER BY people, ip, person_id LIMIT $limit
