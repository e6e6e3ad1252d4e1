-- purpose:    the loans that references may name: those listed by the as-of, or any where no loans are listed
-- parameters: variable as_of
-- returns:    table ids.listed_loan (id); variable loans_listed
-- cost:       one scan of loans
CREATE TABLE ids.listed_loan AS
SELECT DISTINCT l.loan_id AS id
FROM raw_loans AS l
SEMI JOIN ids.person AS p ON p.id = l.person_id
WHERE l.opened_at <= getvariable('as_of')
  AND (l.observed_at IS NULL OR l.observed_at <= getvariable('as_of'));
SET VARIABLE loans_listed = (SELECT count(*) > 0 FROM raw_loans)
