// purpose:    everything that happened to this person, the newest first
// zh:         此人发生过的所有事件，最新的在前
// parameters: $person_id person; whom to look at
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..1000 = 200; rows at most
// returns:    a record for each event: at, what, with, amount, reference
// cost:       all ties and loans of the person, one sort
// example:    graphfraud query timeline --param person_id=p-1
:param person_id => 'p-1';
:param from => null;
:param to => null;
:param limit => 200;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (person:Person {person_id: $person_id})
CALL (person) {
  RETURN person.registered_at AS at, 'registered' AS what, null AS with, null AS amount, null AS reference
  UNION ALL MATCH (person)-[r:LOGGED_IN]->(d:Device) RETURN r.at AS at, 'login' AS what, d.device_id AS with, null AS amount, r.ip AS reference
  UNION ALL MATCH (person)-[r:PAID]->(o) RETURN r.at AS at, 'paid' AS what, coalesce(o.person_id, o.merchant_id) AS with, r.amount AS amount, r.payment_id AS reference
  UNION ALL MATCH (person)<-[r:PAID]-(o) RETURN r.at AS at, 'received' AS what, coalesce(o.person_id, o.merchant_id) AS with, r.amount AS amount, r.payment_id AS reference
  UNION ALL MATCH (person)-[:OWES]->(l:Loan) WHERE l.opened_at IS NOT NULL RETURN l.opened_at AS at, 'loan opened' AS what, l.lender_id AS with, l.principal AS amount, l.loan_id AS reference
  UNION ALL MATCH (person)<-[r:DISBURSED]-(l:Loan) RETURN r.at AS at, 'disbursed' AS what, l.lender_id AS with, r.amount AS amount, l.loan_id AS reference
  UNION ALL MATCH (person)-[r:REPAID]->(l:Loan) RETURN r.at AS at, 'repaid' AS what, l.lender_id AS with, r.amount AS amount, l.loan_id AS reference
  UNION ALL MATCH (person)-[r:INQUIRED_BY]->(l:Lender) RETURN r.at AS at, 'inquiry' AS what, l.lender_id AS with, null AS amount, null AS reference
  UNION ALL MATCH (person)-[:SUBMITTED]->(a:Application) RETURN a.at AS at, 'application' AS what, null AS with, a.amount AS amount, a.application_id AS reference
  UNION ALL MATCH (person)<-[r:REPORTED]-(o:Person) RETURN r.at AS at, 'reported by' AS what, o.person_id AS with, null AS amount, r.reason AS reference
  UNION ALL MATCH (person)-[r:GUARANTEES]->(o) WHERE r.at IS NOT NULL RETURN r.at AS at, 'answers for' AS what, coalesce(o.loan_id, o.person_id) AS with, r.amount AS amount, null AS reference
  UNION ALL MATCH (person)-[:LABELLED]->(l:Label) RETURN l.at AS at, 'label' AS what, l.label AS with, null AS amount, null AS reference
}
WITH since, until, at, what, with, amount, reference WHERE since <= at <= until
RETURN at, what, with, amount, reference
ORDER BY at DESC, what, with, amount, reference LIMIT $limit
