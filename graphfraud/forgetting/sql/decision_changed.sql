-- purpose:    a decision without a person's id
-- parameters: :decision_id, :payee, :case, :answer
-- returns:    nothing
-- cost:       one row
UPDATE decisions SET payee_id = :payee, case_json = :case, answer_json = :answer WHERE decision_id = :decision_id
