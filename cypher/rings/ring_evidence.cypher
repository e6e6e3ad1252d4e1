// purpose:    what the members of a ring share with one another, the rarest first
// zh:         团伙成员共用的物品，最稀有的在前
// parameters: $ring_id ring; which ring of the current run
//             $hub_limit integer 1..100000 = 60; a thing that more people have ties nobody to anybody
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each thing that two or more members have: relationship, label, id, members, people, first_at
// cost:       the things of every member; people counts everybody who has the thing
// example:    graphfraud query ring_evidence --param ring_id=ring-1
:param ring_id => 'ring-1';
:param hub_limit => 60;
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (:Current {name: 'run'})-[:IS]->(now:Run)
MATCH (ring:Ring {run_id: now.run_id, ring_id: $ring_id})<-[:MEMBER_OF_RING]-(person:Person)
MATCH (person)-[tie:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|USED_DEVICE|USED_IP]->(thing)
WHERE since <= coalesce(tie.last_at, tie.since, until) AND coalesce(tie.first_at, tie.since, until) <= until
WITH thing, type(tie) AS relationship, person, min(coalesce(tie.first_at, tie.since)) AS first_at
ORDER BY person.person_id
WITH thing, relationship, collect(person.person_id) AS members, min(first_at) AS first_at
WHERE size(members) >= 2
WITH thing, relationship, members, first_at, COUNT { (thing)<-[:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|USED_DEVICE|USED_IP]-() } AS people
WHERE people <= $hub_limit
RETURN relationship, labels(thing)[0] AS label, coalesce(thing.device_id, thing.ip, thing.value) AS id, members, people, first_at
ORDER BY people, relationship, id LIMIT $limit
