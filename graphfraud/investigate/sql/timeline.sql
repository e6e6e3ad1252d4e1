-- purpose:    everything that happened to this person, the newest first
-- zh:         此人发生过的所有事件，最新的在前
-- parameters: $person_id person; whom to look at
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each event: at, what, with, amount, reference
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query timeline --param person_id=p-1
WITH happened AS (
  SELECT registered_at AS "at", 'registered' AS what, NULL AS "with", NULL AS amount, NULL AS reference FROM raw_people WHERE person_id = $person_id
  UNION ALL SELECT "at", 'login', device_id, NULL, ip FROM raw_logins WHERE person_id = $person_id
  UNION ALL SELECT "at", 'paid', payee_id, amount, payment_id FROM raw_payments WHERE payer_id = $person_id AND coalesce(payer_kind, 'person') = 'person'
  UNION ALL SELECT "at", 'received', payer_id, amount, payment_id FROM raw_payments WHERE payee_id = $person_id AND payee_kind = 'person'
  UNION ALL SELECT opened_at, 'loan opened', lender_id, principal, loan_id FROM loans WHERE person_id = $person_id
  UNION ALL SELECT d."at", 'disbursed', l.lender_id, d.amount, d.loan_id FROM raw_disbursements AS d LEFT JOIN loans AS l USING (loan_id) WHERE d.person_id = $person_id
  UNION ALL SELECT r."at", 'repaid', l.lender_id, r.amount, r.loan_id FROM raw_repayments AS r LEFT JOIN loans AS l USING (loan_id) WHERE r.payer_id = $person_id
  UNION ALL SELECT "at", 'inquiry', lender_id, NULL, NULL FROM raw_inquiries WHERE person_id = $person_id
  UNION ALL SELECT "at", 'application', NULL, amount, application_id FROM raw_applications WHERE person_id = $person_id
  UNION ALL SELECT "at", 'reported by', reporter_id, NULL, reason FROM raw_reports WHERE person_id = $person_id
  UNION ALL SELECT "at", 'answers for', coalesce(loan_id, person_id), amount, NULL FROM raw_guarantees WHERE guarantor_id = $person_id AND "at" IS NOT NULL
  UNION ALL SELECT "at", 'label', label, NULL, NULL FROM raw_labels WHERE person_id = $person_id
)
SELECT "at", what, "with", amount / 100 AS amount, reference
FROM happened WHERE within("at")
ORDER BY "at" DESC, what, "with", amount, reference LIMIT $limit
