-- purpose:    loan money paid back; the payer is given where a known person owns the account
-- parameters: none
-- returns:    table staged.repayments, every repayment with its fate; the id is made of the content
-- cost:       one scan, sorted within an account, loan and time
CREATE TABLE staged.repayments AS
WITH typed AS (
    SELECT "row" AS source_row, "accountId" AS account, "loanId" AS loan_id,
           CAST(amount AS DECIMAL(18, 2)) AS amount,
           CAST("createTime" AS TIMESTAMPTZ) AS "at"
    FROM good."AccountRepayLoan"
),
counted AS (
    SELECT *,
           row_number() OVER (PARTITION BY account, loan_id, "at" ORDER BY amount, source_row) AS ordinal
    FROM typed
)
SELECT 'AccountRepayLoan' AS source_file, counted.source_row,
       CASE WHEN loans.loan_id IS NULL THEN 'unknown loan' ELSE loans.dropped END AS dropped,
       'repay:' || counted.account || ':' || counted.loan_id || ':' || strftime("at", '%Y-%m-%dT%H:%M:%S.%fZ')
           || CASE WHEN ordinal > 1 THEN ':' || ordinal ELSE '' END AS repayment_id,
       counted.loan_id,
       owners.id AS payer_id,
       amount, "at"
FROM counted
LEFT JOIN staged.loans AS loans ON loans.loan_id = counted.loan_id
LEFT JOIN owners ON owners.account = counted.account AND owners.kind = 'person' AND owners.known
