-- purpose:    reject accounts of a pattern whose flag of fraud is no flag
-- parameters: none
-- returns:    nothing; adds to rejects
-- cost:       one scan of truth/accounts
INSERT INTO rejects BY NAME
SELECT 'accounts' AS "table", 'truth/accounts.parquet' AS file, "row", 'is_fraud' AS "column",
       left(is_fraud, 200) AS "value", 'not true or false' AS reason
FROM raw.accounts
WHERE is_fraud <> '' AND lower(is_fraud) NOT IN ('true', 'false')
