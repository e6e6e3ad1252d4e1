-- purpose:    how often a person applied within a day up to a moment
-- parameters: :person, :at, :day (microseconds)
-- returns:    one row: applications
-- cost:       one range of the index of_person
SELECT count(*) FROM decisions
WHERE person_id = :person AND kind = 'application' AND at_us > :at - :day AND at_us <= :at
