-- purpose: the people and loans that the store already holds
-- parameters: none; reads the registered known_people and known_loans
-- returns: nothing; makes known.person and known.loan
-- cost: one pass
CREATE TABLE known.person AS SELECT id FROM known_people;
CREATE TABLE known.loan AS SELECT id FROM known_loans;
