-- purpose:    reject payments of one id that stand in different files
-- parameters: none
-- returns:    nothing; adds to rejects
-- cost:       one hash over the ids of the three files
INSERT INTO rejects BY NAME
WITH paid AS (
    SELECT 'TRANSFERS' AS "table", "row", tx_id FROM raw."TRANSFERS"
    UNION ALL
    SELECT 'PAYS', "row", tx_id FROM raw."PAYS"
    UNION ALL
    SELECT 'WIRES', "row", tx_id FROM raw."WIRES"
)
SELECT "table", 'edges/' || "table" || '.parquet' AS file, "row", 'tx_id' AS "column", left(tx_id, 200) AS "value",
       'the same payment stands in another file' AS reason
FROM paid
WHERE tx_id <> '' AND tx_id IN (SELECT tx_id FROM paid GROUP BY tx_id HAVING count(DISTINCT "table") > 1)
