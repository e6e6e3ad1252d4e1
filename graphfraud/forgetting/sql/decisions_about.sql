-- purpose:    what was decided about a person
-- parameters: :id
-- returns:    decision_id, inputs and answer as JSON, the oldest first
-- cost:       one range of the index of_person
SELECT decision_id, case_json, answer_json FROM decisions WHERE person_id = :id ORDER BY at_us, decision_id
