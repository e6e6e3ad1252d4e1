-- purpose:    keep a decision
-- parameters: one of each column's name
-- returns:    nothing
-- cost:       one row and its four indices
INSERT INTO decisions VALUES (
    :decision_id, :kind, :request_id, :person_id, :payee_id, :at_us, :amount, :just_below,
    :card, :rules, :case_json, :answer_json)
