// purpose:    people outside of a ring who share something rare with two or more of its members
// zh:         未入团伙但与两名以上成员共用稀有物品的人
// parameters: $ring_id ring; which ring of the current run
//             $hub_limit integer 1..1000 = 20; a thing that more people have counts for nobody
//             $limit integer 1..1000 = 100; rows at most
// returns:    a record for each person, the closest first: person_id, members, things
// cost:       the things of every member and their other owners
// example:    graphfraud query ring_outsiders --param ring_id=ring-1
:param ring_id => 'ring-1';
:param hub_limit => 20;
:param limit => 100;
MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
MATCH (ring:Ring {run_id: run.run_id, ring_id: $ring_id})<-[:MEMBER_OF_RING]-(person:Person)
MATCH (person)-[:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|USED_DEVICE]->(thing)
WHERE COUNT { (thing)<-[:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|USED_DEVICE]-() } <= $hub_limit
MATCH (thing)<-[:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|USED_DEVICE]-(other:Person)
WHERE NOT EXISTS { (other)-[:MEMBER_OF_RING]->(ring) }
WITH other, count(DISTINCT person) AS members, count(DISTINCT thing) AS things
WHERE members >= 2
RETURN other.person_id AS person_id, members, things
ORDER BY members DESC, things DESC, person_id LIMIT $limit
