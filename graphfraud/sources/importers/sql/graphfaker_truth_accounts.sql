-- purpose:    which accounts take part in which planted pattern, and who owns them
-- parameters: none
-- returns:    table truth.truth_accounts: account_id, person_id (null: no owner), pattern_id, typology,
--             source_role, is_fraud
-- cost:       one scan and a look-up in owners
CREATE TABLE truth.truth_accounts AS
SELECT account_id, CASE WHEN owners.known THEN owners.id END AS person_id, pattern_id, typology,
       "role" AS source_role, lower(is_fraud) = 'true' AS is_fraud
FROM good.accounts
LEFT JOIN owners ON owners.account = account_id
