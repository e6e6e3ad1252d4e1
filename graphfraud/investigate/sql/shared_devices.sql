-- purpose:    who else logged in on a device of this person, how often, first and last
-- zh:         还有谁在此人的设备上登录过，次数与首末时间
-- parameters: $person_id person; whom to look at
--             $hub_limit integer 1..100000 = 60; a thing that more people have ties nobody to anybody
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each other person and device, the rarest first: device_id, person_id, logins, first_at, last_at, other_logins, other_first_at, other_last_at, people
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query shared_devices --param person_id=p-1
WITH used AS (
  SELECT device_id, person_id, count(*) AS logins, min("at") AS first_at, max("at") AS last_at,
    count(*) OVER (PARTITION BY device_id) AS people
  FROM raw_logins
  WHERE within("at") AND device_id IN (SELECT device_id FROM raw_logins WHERE person_id = $person_id AND within("at"))
  GROUP BY device_id, person_id
)
SELECT mine.device_id, theirs.person_id, mine.logins, mine.first_at, mine.last_at, theirs.logins AS other_logins,
  theirs.first_at AS other_first_at, theirs.last_at AS other_last_at, mine.people
FROM used AS mine
JOIN used AS theirs ON theirs.device_id = mine.device_id AND theirs.person_id <> mine.person_id
WHERE mine.person_id = $person_id AND mine.people <= $hub_limit
ORDER BY mine.people, mine.device_id, theirs.person_id LIMIT $limit
