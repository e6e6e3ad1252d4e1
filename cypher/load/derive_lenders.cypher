// purpose:    who lent each loan, as last observed
// parameters: $rows, lists of a loan's number
// returns:    nothing
// cost:       two looks into an index and one relationship for each loan
UNWIND $rows AS row
MATCH (l:Loan) WHERE l.n = row[0]
MATCH (e:Lender) WHERE e.lender_id = l.lender_id
CREATE (l)-[:LENT_BY]->(e)
