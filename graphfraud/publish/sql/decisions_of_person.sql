-- purpose:    what was decided about a person, the newest first
-- parameters: :person_id, :limit
-- returns:    a row for each decision: when it was asked for (UTC microseconds), the amount, the answer as JSON
-- cost:       one range of the index of_person
SELECT at_us, amount, answer_json FROM decisions WHERE person_id = :person_id
ORDER BY at_us DESC, decision_id LIMIT :limit
