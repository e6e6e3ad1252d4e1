-- purpose:    reject owners of one account, and applicants for one loan, of both kinds
-- parameters: none
-- returns:    nothing; adds to rejects
-- cost:       one hash over each of the four files
INSERT INTO rejects BY NAME
WITH claims AS (
    SELECT 'PersonOwnAccount' AS "table", "row", 'accountId' AS "column", "accountId" AS "value"
    FROM raw."PersonOwnAccount"
    UNION ALL
    SELECT 'CompanyOwnAccount', "row", 'accountId', "accountId" FROM raw."CompanyOwnAccount"
    UNION ALL
    SELECT 'PersonApplyLoan', "row", 'loanId', "loanId" FROM raw."PersonApplyLoan"
    UNION ALL
    SELECT 'CompanyApplyLoan', "row", 'loanId', "loanId" FROM raw."CompanyApplyLoan"
)
SELECT "table", "table" || '.csv' AS file, "row", "column", left("value", 200) AS "value",
       'claimed by a person and by a company' AS reason
FROM claims
QUALIFY count(DISTINCT "table") OVER (PARTITION BY "column", claims."value") > 1
