// purpose:    people whom the current run does not assess: registered later, or loaded since
// zh:         当前批次未评分的人
// parameters: $limit integer 1..1000 = 50; rows at most
// returns:    a record for each person: person_id, registered_at
// cost:       all people, one look into an index each
// example:    graphfraud query unassessed
:param limit => 50;
MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
MATCH (person:Person)
WHERE person.registered_at IS NOT NULL AND NOT EXISTS { (:Assessment {run_id: run.run_id, person_id: person.person_id}) }
RETURN person.person_id AS person_id, person.registered_at AS registered_at
ORDER BY person_id LIMIT $limit
