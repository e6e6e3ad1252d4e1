-- purpose:    who else logged in from a network address of this person
-- zh:         还有谁使用过此人的网络地址登录
-- parameters: $person_id person; whom to look at
--             $hub_limit integer 1..100000 = 60; a thing that more people have ties nobody to anybody
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each other person and address, the rarest first: ip, kind, person_id, logins, other_logins, first_at, last_at, people
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query shared_addresses --param person_id=p-1
WITH mine AS (
  SELECT ip, count(*) AS logins FROM raw_logins WHERE person_id = $person_id AND ip IS NOT NULL AND within("at") GROUP BY ip
), ever AS (
  SELECT ip FROM raw_logins WHERE ip IN (SELECT ip FROM mine) GROUP BY ip HAVING count(DISTINCT person_id) <= $hub_limit
), used AS (
  SELECT ip, person_id, count(*) AS logins, min("at") AS first_at, max("at") AS last_at, count(*) OVER (PARTITION BY ip) AS people
  FROM raw_logins WHERE within("at") AND ip IN (FROM ever) GROUP BY ip, person_id
)
SELECT mine.ip, known.kind, used.person_id, mine.logins, used.logins AS other_logins, used.first_at, used.last_at, used.people
FROM mine
JOIN used ON used.ip = mine.ip AND used.person_id <> $person_id
LEFT JOIN raw_ips AS known ON known.ip = mine.ip
ORDER BY used.people, mine.ip, used.person_id LIMIT $limit
