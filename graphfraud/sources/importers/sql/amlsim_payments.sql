-- purpose:    payments between accounts, from transactions
-- parameters: $origin (time of step 0)
-- returns:    table staged.payments, every transaction with its fate; the id is made of the content, so
--             that the order of the rows does not matter
-- cost:       one scan, sorted within a pair of accounts and step, and two look-ups in nodes
CREATE TABLE staged.payments AS
WITH typed AS (
    SELECT "row" AS source_row, "sourceNodeId" AS payer_id, "targetNodeId" AS payee_id,
           CAST("value" AS DECIMAL(18, 2)) AS amount,
           CAST("time" AS INTEGER) AS step
    FROM good.transactions
),
counted AS (
    SELECT *, row_number() OVER (PARTITION BY payer_id, payee_id, step ORDER BY amount, source_row) AS ordinal
    FROM typed
)
SELECT 'transactions' AS source_file, source_row,
       CASE
           WHEN payer_id NOT IN (SELECT nodeid FROM good.nodes) OR payee_id NOT IN (SELECT nodeid FROM good.nodes)
               THEN 'unknown person'
       END AS dropped,
       'transfer:' || payer_id || ':' || payee_id || ':' || step
           || CASE WHEN ordinal > 1 THEN ':' || ordinal ELSE '' END AS payment_id,
       payer_id, 'person' AS payer_kind, payee_id, 'person' AS payee_kind, amount,
       CAST($origin AS TIMESTAMPTZ) + to_days(step) AS "at"
FROM counted
