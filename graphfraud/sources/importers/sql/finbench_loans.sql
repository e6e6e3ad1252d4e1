-- purpose:    loans of people, from Loan and who applied for it
-- parameters: none
-- returns:    table staged.loans, every loan with its fate
-- cost:       one scan of Loan and of both application files
CREATE TABLE staged.loans AS
SELECT 'Loan' AS source_file, loan."row" AS source_row,
       CASE
           WHEN person."loanId" IS NOT NULL AND known."personId" IS NULL THEN 'unknown person'
           WHEN person."loanId" IS NOT NULL THEN NULL
           WHEN company."loanId" IS NOT NULL THEN 'loan of a company'
           ELSE 'loan without applicant'
       END AS dropped,
       loan."loanId" AS loan_id,
       person."personId" AS person_id,
       nullif(person.org, '') AS lender_id,
       CAST(loan."loanAmount" AS DECIMAL(18, 2)) AS principal,
       CAST(loan.balance AS DECIMAL(18, 2)) AS outstanding,
       CAST(person."createTime" AS TIMESTAMPTZ) AS opened_at
FROM good."Loan" AS loan
LEFT JOIN good."PersonApplyLoan" AS person ON person."loanId" = loan."loanId"
LEFT JOIN good."Person" AS known ON known."personId" = person."personId"
LEFT JOIN good."CompanyApplyLoan" AS company ON company."loanId" = loan."loanId"
