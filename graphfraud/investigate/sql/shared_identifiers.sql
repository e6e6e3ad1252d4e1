-- purpose:    who else has a phone, card, address, document or e-mail of this person, and since when
-- zh:         还有谁使用此人的手机号、银行卡、地址、证件或邮箱，从何时起
-- parameters: $person_id person; whom to look at
--             $hub_limit integer 1..100000 = 60; a thing that more people have ties nobody to anybody
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each other person and thing, the rarest first: kind, value, person_id, since, until, other_since, other_until, people
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query shared_identifiers --param person_id=p-1
WITH owned AS (
  SELECT kind, value, person_id, since, past(until) AS until, count(*) OVER (PARTITION BY kind, value) AS people, within(since) AS inside
  FROM raw_identifiers
  WHERE value IN (SELECT value FROM raw_identifiers WHERE person_id = $person_id)
)
SELECT mine.kind, mine.value, theirs.person_id, mine.since, mine.until,
  theirs.since AS other_since, theirs.until AS other_until, mine.people
FROM owned AS mine
JOIN owned AS theirs ON theirs.kind = mine.kind AND theirs.value = mine.value
WHERE mine.person_id = $person_id AND theirs.person_id <> $person_id
  AND mine.inside AND theirs.inside AND mine.people <= $hub_limit
ORDER BY mine.people, mine.kind, mine.value, theirs.person_id LIMIT $limit
