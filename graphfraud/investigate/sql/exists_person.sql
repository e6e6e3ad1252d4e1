-- purpose:    is there this person
-- parameters: $id
-- returns:    a row if there is
-- cost:       a scan of people, held down by statistics
SELECT person_id AS id FROM raw_people WHERE person_id = $id LIMIT 1
