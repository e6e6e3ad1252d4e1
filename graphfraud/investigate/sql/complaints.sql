-- purpose:    who complained about this person, and about whom the same people complained too
-- zh:         谁举报过此人，以及这些人还举报过谁
-- parameters: $person_id person; whom to look at
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each complaint: reporter_id, person_id, at, reason
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query complaints --param person_id=p-1
SELECT reporter_id, person_id, "at", reason
FROM raw_reports
WHERE reporter_id IN (SELECT reporter_id FROM raw_reports WHERE person_id = $person_id) AND within("at")
ORDER BY "at" DESC, reporter_id, person_id LIMIT $limit
