// purpose:    people of the current run with the highest impact on others should they default
// zh:         违约时对他人影响最大的人
// parameters: $min_outstanding number 0..1000000000 = 0; yuan owed at least
//             $limit integer 1..1000 = 50; rows at most
// returns:    a record for each person, the highest first: person_id, impact, exposure_to_others, outstanding, default_probability
// cost:       all assessments of the run, one sort
// example:    graphfraud query most_indebted
:param min_outstanding => 0;
:param limit => 50;
MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
MATCH (said:Assessment {run_id: run.run_id})
WHERE said.outstanding >= $min_outstanding
RETURN said.person_id AS person_id, said.impact AS impact, said.exposure_to_others AS exposure_to_others,
  said.outstanding AS outstanding, said.default_probability AS default_probability
ORDER BY impact DESC, person_id LIMIT $limit
