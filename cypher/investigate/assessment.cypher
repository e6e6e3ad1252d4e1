// purpose:    what the current run says of this person: score, parts, decision, debt, rings
// zh:         当前批次对此人的结论：评分、各分项、决定、负债与团伙
// parameters: $person_id person; whom to look at
// returns:    a record, none when the run does not score the person: run_id, score, social, payment, credit, device, tier, limit_cny, decision, outstanding, exposure_to_others, default_probability, impact, rings
// cost:       three looks into an index
// example:    graphfraud query assessment --param person_id=p-1
:param person_id => 'p-1';
MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
MATCH (found:Assessment {run_id: run.run_id, person_id: $person_id})-[:OF]->(person:Person)
RETURN run.run_id AS run_id, found.score AS score, found.social AS social, found.payment AS payment,
  found.credit AS credit, found.device AS device, found.tier AS tier, found.limit_cny AS limit_cny,
  found.decision AS decision, found.outstanding AS outstanding, found.exposure_to_others AS exposure_to_others,
  found.default_probability AS default_probability, found.impact AS impact,
  COLLECT { MATCH (person)-[:MEMBER_OF_RING]->(ring:Ring {run_id: run.run_id}) RETURN ring.ring_id ORDER BY ring.ring_id } AS rings
