// purpose:    forget who owes loans and to whom, before it is derived again
// parameters: $rows, lists of a loan's number
// returns:    nothing
// cost:       one look into an index and two relationships of each loan
UNWIND $rows AS row
MATCH (l:Loan) WHERE l.n = row[0]
SET l = {n: l.n, loan_id: l.loan_id}
WITH l
MATCH (l)-[x:OWES|LENT_BY]-()
DELETE x
