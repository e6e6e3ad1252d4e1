// purpose:    what two people have in common: things, friends, groups, merchants, lenders
// zh:         两人的共同点：物品、好友、群聊、商户、贷款机构
// parameters: $person_id person; whom to look at
//             $other_id person; the other person
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each thing, the rarest first: label, id, people
// cost:       the ties of both people; people counts ties to the thing
// example:    graphfraud query in_common --param person_id=p-1 --param other_id=p-2
:param person_id => 'p-1';
:param other_id => 'p-2';
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS until
MATCH (a:Person {person_id: $person_id})-[one:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|USED_DEVICE|USED_IP|MEMBER_OF|FRIEND_OF|INQUIRED_BY]-(thing)
WHERE coalesce(one.since, one.first_at, one.joined_at, one.at, until) <= until
WITH DISTINCT until, thing
MATCH (thing)-[two:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|USED_DEVICE|USED_IP|MEMBER_OF|FRIEND_OF|INQUIRED_BY]-(b:Person {person_id: $other_id})
WHERE b.person_id <> $person_id AND coalesce(two.since, two.first_at, two.joined_at, two.at, until) <= until
WITH DISTINCT thing
RETURN labels(thing)[0] AS label,
  coalesce(thing.person_id, thing.device_id, thing.ip, thing.group_id, thing.lender_id, thing.value) AS id,
  COUNT { (thing)-[:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|USED_DEVICE|USED_IP|MEMBER_OF|FRIEND_OF|INQUIRED_BY]-() } AS people
ORDER BY people, label, id LIMIT $limit
