// purpose:    what and who this person is tied to directly, by what, how often, since when
// zh:         此人直接关联的人和物：何种关系、次数、起止时间
// parameters: $person_id person; whom to look at
//             $per_kind integer 1..200 = 20; neighbours shown of each kind of tie, the strongest first
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
// returns:    a record for each neighbour and kind of tie: relationship, direction, label, id, links, first_at, last_at, of
// cost:       all ties of the person; of says how many neighbours of that kind there are in all
// example:    graphfraud query neighbours --param person_id=p-1
:param person_id => 'p-1';
:param per_kind => 20;
:param from => null;
:param to => null;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (person:Person {person_id: $person_id})-[tie:FRIEND_OF|LISTS_CONTACT|REPORTED|GUARANTEES|PAID|MEMBER_OF|HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|LOGGED_IN|OWES|INQUIRED_BY]-(other)
WHERE other <> person
WITH since, until, person, tie, other,
  coalesce(tie.at, tie.since, tie.joined_at, CASE WHEN type(tie) = 'OWES' THEN other.opened_at END) AS at
WHERE since <= coalesce(at, until) <= until
WITH type(tie) AS relationship,
  CASE WHEN type(tie) = 'FRIEND_OF' THEN 'both' WHEN startNode(tie) = person THEN 'out' ELSE 'in' END AS direction,
  labels(other)[0] AS label,
  CASE labels(other)[0] WHEN 'Person' THEN other.person_id WHEN 'Merchant' THEN other.merchant_id
    WHEN 'Device' THEN other.device_id WHEN 'ChatGroup' THEN other.group_id WHEN 'Loan' THEN other.loan_id
    WHEN 'Lender' THEN other.lender_id ELSE other.value END AS id,
  count(tie) AS links, min(at) AS first_at, max(at) AS last_at
ORDER BY links DESC, id
WITH relationship, direction, label, collect({id: id, links: links, first_at: first_at, last_at: last_at}) AS found
UNWIND found[..$per_kind] AS one
RETURN relationship, direction, label, one.id AS id, one.links AS links, one.first_at AS first_at,
  one.last_at AS last_at, size(found) AS of
ORDER BY relationship, direction, label, links DESC, id
