-- purpose:    people whom the current run does not assess: registered later, or loaded since
-- zh:         当前批次未评分的人
-- parameters: $limit integer 1..1000 = 50; rows at most
-- returns:    a record for each person: person_id, registered_at
-- cost:       all people, one hash join
-- example:    graphfraud query unassessed
SELECT p.person_id, p.registered_at
FROM raw_people AS p ANTI JOIN run_scores AS s ON s.person_id = p.person_id
ORDER BY p.person_id LIMIT $limit
