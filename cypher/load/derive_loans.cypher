// purpose:    each loan as last observed, and who owes it
// parameters: $rows, lists of a loan's number
// returns:    nothing
// cost:       the history of each loan, one look into an index and one relationship
UNWIND $rows AS row
MATCH (l:Loan) WHERE l.n = row[0]
MATCH (l)-[:OBSERVED]->(s:LoanState)
WITH l, s ORDER BY s.observed_at IS NOT NULL, s.observed_at
WITH l, collect(s)[-1] AS s
SET l += properties(s)
WITH l
MATCH (p:Person) WHERE p.person_id = l.person_id
CREATE (p)-[:OWES]->(l)
