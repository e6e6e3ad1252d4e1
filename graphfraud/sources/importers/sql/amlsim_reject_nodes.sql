-- purpose:    reject accounts whose flag of fraud is no flag, or whose step of fraud is no step
-- parameters: $last (largest step)
-- returns:    nothing; adds to rejects
-- cost:       one scan of nodes
INSERT INTO rejects BY NAME
WITH found AS (
    SELECT "row", 'isFraud' AS "column", "isFraud" AS "value", 'not 0, 1, true or false' AS reason
    FROM raw.nodes
    WHERE "isFraud" <> '' AND lower("isFraud") NOT IN ('0', '1', 'true', 'false')
    UNION ALL
    SELECT "row", 'fraudStep', "fraudStep", 'not a step: a whole number of days from 0, or -1 for none'
    FROM raw.nodes
    WHERE "fraudStep" NOT IN ('', '-1')
        AND coalesce(NOT regexp_full_match("fraudStep", '[0-9]+') OR TRY_CAST("fraudStep" AS INTEGER) > $last, true)
)
SELECT 'nodes' AS "table", 'nodes.csv' AS file, "row", "column", left("value", 200) AS "value", reason
FROM found
