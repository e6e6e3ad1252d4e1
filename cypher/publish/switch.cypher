// purpose:    let readers see a run that is whole, in one step
// parameters: $writing, who wrote it
// returns:    one record: the run; none when another took over
// cost:       three nodes
MATCH (r:Run {writing: $writing})
MERGE (c:Current {name: 'run'})
WITH r, c
OPTIONAL MATCH (c)-[old:IS]->(:Run)
DELETE old
WITH DISTINCT r, c
CREATE (c)-[:IS]->(r)
RETURN r.run_id AS run_id
