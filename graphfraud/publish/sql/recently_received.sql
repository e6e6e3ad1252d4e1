-- purpose:    what a person was paid within a day up to a moment
-- parameters: :person, :at, :day (microseconds)
-- returns:    one row: yuan
-- cost:       one range of the index of_payee
SELECT total(amount) FROM decisions WHERE payee_id = :person AND at_us > :at - :day AND at_us <= :at
