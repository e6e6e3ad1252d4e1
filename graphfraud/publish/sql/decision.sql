-- purpose:    a decision as it was kept
-- parameters: :decision_id
-- returns:    at most one row: digests of card and rules, case and answer as JSON
-- cost:       one look-up by key
SELECT card, rules, case_json, answer_json FROM decisions WHERE decision_id = :decision_id
