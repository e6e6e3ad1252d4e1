-- purpose:    which devices or addresses people use, from their logins, for investigators
-- parameters: none
-- returns:    numbers of person and thing, first_at, last_at, logins
-- cost:       one scan of logins, hashed
SELECT p.n AS a, t.n AS b, {first_at} AS first_at, {last_at} AS last_at, count(*) AS logins
FROM clean.logins AS r
JOIN "nodes of Person" AS p ON p.id = r.person_id
JOIN {nodes} AS t ON t.id = {thing}
GROUP BY ALL
ORDER BY a, b
