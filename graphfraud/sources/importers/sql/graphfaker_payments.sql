-- purpose:    payments between the owners of accounts, and from them to merchants and counterparties
-- parameters: none
-- returns:    table staged.payments, every payment with its fate
-- cost:       one scan of the three files and two look-ups in owners
CREATE TABLE staged.payments AS
WITH paid AS (
    SELECT 'TRANSFERS' AS source_file, target AS payee_account, NULL AS merchant, * FROM good."TRANSFERS"
    UNION ALL
    SELECT 'PAYS', NULL, target, * FROM good."PAYS"
    UNION ALL
    SELECT 'WIRES', NULL, target, * FROM good."WIRES"
)
SELECT source_file, paid."row" AS source_row,
       CASE
           WHEN payer.id IS NULL OR coalesce(payee.id, merchant) IS NULL THEN 'account without owner'
           WHEN NOT (payer.known AND coalesce(payee.known, true)) THEN 'unknown person'
       END AS dropped,
       tx_id AS payment_id,
       payer.id AS payer_id, 'person' AS payer_kind,
       coalesce(merchant, payee.id) AS payee_id,
       CASE WHEN merchant IS NULL THEN 'person' ELSE 'merchant' END AS payee_kind,
       source AS payer_account, payee_account,
       CAST(amount AS DECIMAL(18, 2)) AS amount,
       CAST("timestamp" AS TIMESTAMPTZ) AS "at"
FROM paid
LEFT JOIN owners AS payer ON payer.account = source
LEFT JOIN owners AS payee ON payee.account = payee_account
