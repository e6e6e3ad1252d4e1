-- purpose: people of this load are known from now on
-- parameters: none
-- returns: the number of people
-- cost: a copy of the ids
INSERT INTO known.person SELECT person_id FROM clean.people;
