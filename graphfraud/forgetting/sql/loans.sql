-- purpose:    the loans of a person, by whichever table names them
-- parameters: $id
-- returns:    table loans_of_person (loan_id)
-- cost:       a scan of loans and of disbursements
CREATE TABLE loans_of_person AS
SELECT loan_id FROM raw_loans WHERE person_id = $id
UNION
SELECT loan_id FROM raw_disbursements WHERE person_id = $id
