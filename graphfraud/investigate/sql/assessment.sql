-- purpose:    what the current run says of this person: score, parts, decision, debt, rings
-- zh:         当前批次对此人的结论：评分、各分项、决定、负债与团伙
-- parameters: $person_id person; whom to look at
-- returns:    a record, none when the run does not score the person: run_id, score, social, payment, credit, device, tier, limit_cny, decision, outstanding, exposure_to_others, default_probability, impact, rings
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query assessment --param person_id=p-1
SELECT getvariable('run_id') AS run_id, s.score, s.social, s.payment, s.credit, s.device, s.tier, s.limit_cny, s.decision,
  d.outstanding, d.exposure_to_others, d.default_probability, d.impact,
  coalesce((SELECT list(m.ring_id ORDER BY m.ring_id) FROM run_ring_members AS m WHERE m.person_id = $person_id), []) AS rings
FROM run_scores AS s
LEFT JOIN run_debt AS d ON d.person_id = s.person_id
WHERE s.person_id = $person_id
