-- purpose:    loan money paid to a person's account; deposits of one loan at one instant become one row
-- parameters: none
-- returns:    table staged.disbursements, every deposit with its fate; where the receivers of one instant
--             differ, the smallest id stands for them
-- cost:       one scan, sorted within a loan and time
CREATE TABLE staged.disbursements AS
WITH owned AS (
    SELECT deposit."row" AS source_row,
           CASE
               WHEN loans.loan_id IS NULL THEN 'unknown loan'
               WHEN loans.dropped IS NOT NULL THEN loans.dropped
               WHEN owners.kind IS NULL THEN 'account without owner'
               WHEN owners.kind <> 'person' THEN 'account of a company'
               WHEN NOT owners.known THEN 'unknown person'
           END AS dropped,
           deposit."loanId" AS loan_id,
           owners.id AS person_id,
           CAST(deposit.amount AS DECIMAL(18, 2)) AS amount,
           CAST(deposit."createTime" AS TIMESTAMPTZ) AS "at"
    FROM good."LoanDepositAccount" AS deposit
    LEFT JOIN staged.loans AS loans ON loans.loan_id = deposit."loanId"
    LEFT JOIN owners ON owners.account = deposit."accountId"
)
SELECT 'LoanDepositAccount' AS source_file, source_row,
       CASE
           WHEN dropped IS NOT NULL THEN dropped
           WHEN row_number() OVER instant > 1 THEN 'merged: same loan and instant'
       END AS dropped,
       loan_id, person_id,
       CAST(sum(amount) OVER (PARTITION BY dropped, loan_id, "at") AS DECIMAL(18, 2)) AS amount,
       "at"
FROM owned
WINDOW instant AS (PARTITION BY dropped, loan_id, "at" ORDER BY person_id, source_row)
