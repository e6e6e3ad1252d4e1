-- purpose:    take away what was decided about a person
-- parameters: :id
-- returns:    nothing
-- cost:       one range of the index of_person
DELETE FROM decisions WHERE person_id = :id
