// purpose:    in which rings this person is, and with whom
// zh:         此人属于哪些团伙，同伙是谁
// parameters: $person_id person; whom to look at
// returns:    a record for each ring, the worst first: ring_id, kind, ring_score, role, score, members
// cost:       the rings of the person and their members
// example:    graphfraud query rings_of_person --param person_id=p-1
:param person_id => 'p-1';
MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
MATCH (:Person {person_id: $person_id})-[mine:MEMBER_OF_RING]->(ring:Ring {run_id: run.run_id})
RETURN ring.ring_id AS ring_id, ring.kind AS kind, ring.score AS ring_score, mine.role AS role, mine.score AS score,
  COLLECT { MATCH (ring)<-[:MEMBER_OF_RING]-(other:Person) RETURN other.person_id ORDER BY other.person_id } AS members
ORDER BY ring_score DESC, ring_id
