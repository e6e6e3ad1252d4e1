-- purpose:    what a person paid up to a moment
-- parameters: :person, :at (microseconds), :minutes, :hour, :day (spans in microseconds)
-- returns:    one row: payments within the minutes, yuan to people within the hour, payments just below the large
--             amount within the day, yuan to people within the day
-- cost:       one range of the index of_person
SELECT count(*) FILTER (WHERE at_us > :at - :minutes),
       total(amount) FILTER (WHERE at_us > :at - :hour AND payee_id IS NOT NULL),
       count(*) FILTER (WHERE just_below), total(amount) FILTER (WHERE payee_id IS NOT NULL)
FROM decisions WHERE person_id = :person AND kind = 'payment' AND at_us > :at - :day AND at_us <= :at
