-- purpose:    the people known at the as-of, numbered by id
-- parameters: variable as_of
-- returns:    table ids.person (id, i)
-- cost:       one scan and one sort of people
CREATE TABLE ids.person AS
SELECT person_id AS id, (row_number() OVER (ORDER BY person_id) - 1)::INTEGER AS i
FROM raw_people
WHERE registered_at <= getvariable('as_of')
