-- purpose:    decisions about others that name a person
-- parameters: :id, :written (the id as JSON writes it)
-- returns:    decision_id, payee_id, inputs and answer as JSON
-- cost:       a scan
SELECT decision_id, payee_id, case_json, answer_json FROM decisions
WHERE payee_id = :id OR instr(case_json, :written) OR instr(answer_json, :written)
