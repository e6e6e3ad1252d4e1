// purpose:    who is in a ring, in which role, and what the run says of each
// zh:         团伙成员、角色及评分结论
// parameters: $ring_id ring; which ring of the current run
//             $limit integer 1..10000 = 1000; rows at most
// returns:    a record for each member, the surest first: person_id, role, score, safety, decision, default_probability
// cost:       the members, one look into an index each
// example:    graphfraud query ring_members --param ring_id=ring-1
:param ring_id => 'ring-1';
:param limit => 1000;
MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
MATCH (ring:Ring {run_id: run.run_id, ring_id: $ring_id})<-[member:MEMBER_OF_RING]-(person:Person)
OPTIONAL MATCH (said:Assessment {run_id: run.run_id, person_id: person.person_id})
RETURN person.person_id AS person_id, member.role AS role, member.score AS score, said.score AS safety,
  said.decision AS decision, said.default_probability AS default_probability
ORDER BY score DESC, person_id LIMIT $limit
