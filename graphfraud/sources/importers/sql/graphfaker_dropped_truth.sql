-- purpose:    the rows of the truth, which no table of the contract has
-- parameters: none
-- returns:    nothing; adds to dropped
-- cost:       one scan of truth/accounts
INSERT INTO dropped
SELECT 'accounts', "row", 'kept apart as truth' FROM good.accounts
