-- purpose:    the decision that a request was given before
-- parameters: :kind, :request_id
-- returns:    at most one row: id, case and answer as JSON
-- cost:       one look-up by key
SELECT decision_id, case_json, answer_json FROM decisions WHERE kind = :kind AND request_id = :request_id
