-- purpose:    merchants from Merchant, and the receivers of wires from Counterparty
-- parameters: none
-- returns:    table staged.merchants, every row with its fate
-- cost:       one scan of both files
CREATE TABLE staged.merchants AS
SELECT 'Merchant' AS source_file, "row" AS source_row, NULL::VARCHAR AS dropped,
       id AS merchant_id, nullif(category, '') AS category
FROM good."Merchant"
UNION ALL
SELECT 'Counterparty', "row",
       CASE WHEN id IN (SELECT id FROM good."Merchant") THEN 'merged: merchant and counterparty' END,
       id, 'counterparty'
FROM good."Counterparty"
