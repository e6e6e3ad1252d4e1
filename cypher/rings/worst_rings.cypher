// purpose:    the rings of the current run, the worst first
// zh:         当前批次的团伙，最严重的在前
// parameters: $kind choice(device_farm, shared_identity, loan_agent, cash_out, mule_chain, transfer_cycle, guarantee_circle, account_resale, promotion_abuse, unknown) = null; only this kind
//             $min_score number 0..1 = 0; only rings with at least this score
//             $limit integer 1..1000 = 50; rows at most
// returns:    a record for each ring: ring_id, kind, size, score, p_value, first_seen_at, reasons
// cost:       the rings of the run, one sort
// example:    graphfraud query worst_rings
:param kind => null;
:param min_score => 0;
:param limit => 50;
MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
MATCH (ring:Ring {run_id: run.run_id})
WHERE ring.score >= $min_score AND ($kind IS NULL OR ring.kind = $kind)
RETURN ring.ring_id AS ring_id, ring.kind AS kind, ring.size AS size, ring.score AS score, ring.p_value AS p_value,
  ring.first_seen_at AS first_seen_at, ring.reasons AS reasons
ORDER BY score DESC, size DESC, ring_id LIMIT $limit
