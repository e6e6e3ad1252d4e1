-- purpose:    what the SQL of the library stands on: times inside the window, loans as last observed, ties between people and things
-- parameters: variables as_of, window_start, window_end, run_id; views raw_TABLE of the store, run_TABLE and before_TABLE of two runs
-- returns:    macros and views
-- cost:       nothing until they are read
-- A time that is not known lies inside every window.
CREATE MACRO within(moment) AS coalesce(moment, getvariable('window_end')) BETWEEN getvariable('window_start') AND getvariable('window_end');
-- An end that has not come yet.
CREATE MACRO past(moment) AS CASE WHEN moment <= getvariable('window_end') THEN moment END;
CREATE MACRO party(kind) AS CASE coalesce(kind, 'person') WHEN 'person' THEN 'Person' ELSE 'Merchant' END;
CREATE MACRO identifier_label(kind) AS
  CASE kind WHEN 'phone' THEN 'Phone' WHEN 'card' THEN 'Card' WHEN 'address' THEN 'Address' WHEN 'email' THEN 'Email' ELSE 'NationalId' END;
CREATE VIEW loans AS
  SELECT * REPLACE (CASE WHEN closed_at <= getvariable('as_of') THEN closed_at END AS closed_at)
  FROM raw_loans
  WHERE coalesce(observed_at, getvariable('as_of')) <= getvariable('as_of')
  QUALIFY row_number() OVER (PARTITION BY loan_id ORDER BY observed_at IS NOT NULL DESC, observed_at DESC) = 1;
-- Every link, with the time it began or happened; both ends with their labels.
CREATE VIEW links AS
  SELECT 'Person' AS source_label, person_id AS source_id, 'FRIEND_OF' AS relationship, 'Person' AS target_label, friend_id AS target_id, since AS "at" FROM raw_friendships
  UNION ALL SELECT 'Person', person_id, 'LISTS_CONTACT', 'Person', contact_id, "at" FROM raw_contacts
  UNION ALL SELECT 'Person', reporter_id, 'REPORTED', 'Person', person_id, "at" FROM raw_reports
  UNION ALL SELECT 'Person', guarantor_id, 'GUARANTEES', CASE WHEN loan_id IS NULL THEN 'Person' ELSE 'Loan' END, coalesce(loan_id, person_id), "at" FROM raw_guarantees
  UNION ALL SELECT party(payer_kind), payer_id, 'PAID', party(payee_kind), payee_id, "at" FROM raw_payments
  UNION ALL SELECT 'Person', person_id, 'MEMBER_OF', 'ChatGroup', group_id, joined_at FROM raw_group_memberships
  UNION ALL SELECT 'Person', person_id, 'HAS_' || upper(kind), identifier_label(kind), value, since FROM raw_identifiers
  UNION ALL SELECT 'Person', person_id, 'LOGGED_IN', 'Device', device_id, "at" FROM raw_logins
  UNION ALL SELECT 'Person', person_id, 'OWES', 'Loan', loan_id, opened_at FROM loans
  UNION ALL SELECT 'Person', person_id, 'INQUIRED_BY', 'Lender', lender_id, "at" FROM raw_inquiries;
-- What ties people: things with the number of people who ever had them, and links between two people.
CREATE VIEW ties AS
  WITH used AS (
    SELECT person_id AS source_id, 'USED_DEVICE' AS relationship, 'Device' AS target_label, device_id AS target_id, min("at") AS first_at, max("at") AS last_at
    FROM raw_logins GROUP BY person_id, device_id
    UNION ALL
    SELECT person_id, 'USED_IP', 'IP', ip, min("at"), max("at") FROM raw_logins WHERE ip IS NOT NULL GROUP BY person_id, ip
    UNION ALL
    SELECT person_id, 'HAS_' || upper(kind), identifier_label(kind), value, since, since FROM raw_identifiers
  ), counted AS (
    SELECT *, count(*) OVER (PARTITION BY relationship, target_id) AS people FROM used
  ), direct AS (
    SELECT source_id, relationship, target_label, target_id, "at" AS first_at, "at" AS last_at, 2 AS people FROM links
    WHERE relationship IN ('FRIEND_OF', 'LISTS_CONTACT', 'GUARANTEES', 'PAID')
      AND source_label = 'Person' AND target_label = 'Person' AND source_id <> target_id
  )
  SELECT * FROM (FROM counted UNION ALL FROM direct)
  WHERE coalesce(last_at, getvariable('window_end')) >= getvariable('window_start')
    AND coalesce(first_at, getvariable('window_end')) <= getvariable('window_end');
