// purpose:    loans that name no lender, so that stacking cannot count them
// zh:         未注明贷款机构的贷款
// parameters: $limit integer 1..1000 = 50; rows at most
// returns:    a record for each loan: loan_id, person_id, outstanding
// cost:       all loans
// example:    graphfraud query loans_without_lender
:param limit => 50;
MATCH (loan:Loan)
WHERE NOT EXISTS { (loan)-[:LENT_BY]->(:Lender) }
RETURN loan.loan_id AS loan_id, loan.person_id AS person_id, loan.outstanding AS outstanding
ORDER BY loan_id LIMIT $limit
