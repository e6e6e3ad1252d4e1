-- purpose:    reject transactions whose time is no step
-- parameters: $last (largest step)
-- returns:    nothing; adds to rejects
-- cost:       one scan of transactions
INSERT INTO rejects BY NAME
SELECT 'transactions' AS "table", 'transactions.csv' AS file, "row", 'time' AS "column",
       left("time", 200) AS "value", 'not a step: a whole number of days from 0' AS reason
FROM raw.transactions
WHERE "time" <> ''
    AND coalesce(NOT regexp_full_match("time", '[0-9]+') OR TRY_CAST("time" AS INTEGER) > $last, true)
