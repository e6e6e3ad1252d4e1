-- purpose:    the rows of files that give no row of their own
-- parameters: none
-- returns:    nothing; adds to dropped
-- cost:       one scan of each of these files
INSERT INTO dropped
SELECT 'PersonOwnAccount', own."row",
       CASE WHEN owners.known THEN 'folded into other rows' ELSE 'unknown person' END
FROM good."PersonOwnAccount" AS own
JOIN owners ON owners.account = own."accountId"
UNION ALL
SELECT 'CompanyOwnAccount', "row", 'folded into other rows' FROM good."CompanyOwnAccount"
UNION ALL
SELECT 'PersonApplyLoan', application."row",
       CASE WHEN loans.loan_id IS NULL THEN 'unknown loan' ELSE coalesce(loans.dropped, 'folded into other rows') END
FROM good."PersonApplyLoan" AS application
LEFT JOIN staged.loans AS loans ON loans.loan_id = application."loanId"
UNION ALL
SELECT 'CompanyApplyLoan', "row", 'loan of a company' FROM good."CompanyApplyLoan"
UNION ALL
SELECT 'CompanyGuaranteeCompany', "row", 'guarantee of a company' FROM good."CompanyGuaranteeCompany"
UNION ALL
SELECT 'PersonInvestCompany', "row", 'investment' FROM good."PersonInvestCompany"
UNION ALL
SELECT 'CompanyInvestCompany', "row", 'investment' FROM good."CompanyInvestCompany"
