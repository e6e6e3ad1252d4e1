-- purpose:    each loan as last observed; a row never observed is the oldest
-- parameters: none
-- returns:    view last_loans, with the columns of loans
-- cost:       one sort of loans
CREATE OR REPLACE TEMP VIEW last_loans AS
SELECT *
FROM clean.loans
QUALIFY row_number() OVER (PARTITION BY loan_id ORDER BY observed_at DESC NULLS LAST) = 1
