-- purpose:    which accounts are fraudulent, and since when where the simulator says so
-- parameters: $origin (time of step 0)
-- returns:    table truth.truth_accounts: account_id, person_id, is_fraud, fraud_at
-- cost:       one scan of nodes
CREATE TABLE truth.truth_accounts AS
SELECT nodeid AS account_id, nodeid AS person_id,
       lower("isFraud") IN ('1', 'true') AS is_fraud,
       CAST($origin AS TIMESTAMPTZ) + to_days(CAST(nullif(nullif("fraudStep", ''), '-1') AS INTEGER)) AS fraud_at
FROM good.nodes
