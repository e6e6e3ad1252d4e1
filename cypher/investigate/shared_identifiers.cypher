// purpose:    who else has a phone, card, address, document or e-mail of this person, and since when
// zh:         还有谁使用此人的手机号、银行卡、地址、证件或邮箱，从何时起
// parameters: $person_id person; whom to look at
//             $hub_limit integer 1..100000 = 60; a thing that more people have ties nobody to anybody
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each other person and thing, the rarest first: kind, value, person_id, since, until, other_since, other_until, people
// cost:       the person's identifiers and their owners, bounded by hub_limit
// example:    graphfraud query shared_identifiers --param person_id=p-1
:param person_id => 'p-1';
:param hub_limit => 60;
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (person:Person {person_id: $person_id})-[mine:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL]->(thing)
WHERE since <= coalesce(mine.since, until) <= until
WITH since, until, person, mine, thing, COUNT { (thing)<-[:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL]-() } AS people
WHERE people <= $hub_limit
MATCH (thing)<-[theirs:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL]-(other:Person)
WHERE other <> person AND since <= coalesce(theirs.since, until) <= until
RETURN toLower(substring(type(mine), 4)) AS kind, thing.value AS value, other.person_id AS person_id,
  mine.since AS since, CASE WHEN mine.until <= until THEN mine.until END AS until,
  theirs.since AS other_since, CASE WHEN theirs.until <= until THEN theirs.until END AS other_until, people
ORDER BY people, kind, value, person_id LIMIT $limit
