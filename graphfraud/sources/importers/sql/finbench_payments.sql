-- purpose:    payments between the owners of two accounts, from transfers and withdrawals
-- parameters: none
-- returns:    table staged.payments, every transfer and withdrawal with its fate; the id is made of the
--             content, so that the order of the rows does not matter
-- cost:       one scan of both files, sorted within a pair of accounts and time
CREATE TABLE staged.payments AS
WITH paid AS (
    SELECT 'AccountTransferAccount' AS source_file, 'transfer' AS prefix, * FROM good."AccountTransferAccount"
    UNION ALL
    SELECT 'AccountWithdrawAccount', 'withdraw', * FROM good."AccountWithdrawAccount"
),
typed AS (
    SELECT source_file, "row" AS source_row, prefix, "fromId" AS payer_account, "toId" AS payee_account,
           CAST(amount AS DECIMAL(18, 2)) AS amount,
           CAST("createTime" AS TIMESTAMPTZ) AS "at"
    FROM paid
),
counted AS (
    SELECT *,
           row_number() OVER (
               PARTITION BY prefix, payer_account, payee_account, "at" ORDER BY amount, source_row
           ) AS ordinal
    FROM typed
)
SELECT source_file, source_row,
       CASE
           WHEN payer.id IS NULL OR payee.id IS NULL THEN 'account without owner'
           WHEN NOT (payer.known AND payee.known) THEN 'unknown person'
       END AS dropped,
       prefix || ':' || payer_account || ':' || payee_account || ':' || strftime("at", '%Y-%m-%dT%H:%M:%S.%fZ')
           || CASE WHEN ordinal > 1 THEN ':' || ordinal ELSE '' END AS payment_id,
       payer.id AS payer_id, payer.kind AS payer_kind,
       payee.id AS payee_id, payee.kind AS payee_kind,
       payer_account, payee_account, amount, "at"
FROM counted
LEFT JOIN owners AS payer ON payer.account = payer_account
LEFT JOIN owners AS payee ON payee.account = payee_account
