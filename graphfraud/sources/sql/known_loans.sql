-- purpose: loans of this load are known from now on
-- parameters: none
-- returns: the number of loans
-- cost: one aggregation over the clean loans
INSERT INTO known.loan SELECT DISTINCT loan_id FROM clean.loans;
