-- purpose:    people of the current run with the highest impact on others should they default
-- zh:         违约时对他人影响最大的人
-- parameters: $min_outstanding number 0..1000000000 = 0; yuan owed at least
--             $limit integer 1..1000 = 50; rows at most
-- returns:    a record for each person, the highest first: person_id, impact, exposure_to_others, outstanding, default_probability
-- cost:       all debts of the run, one sort
-- example:    graphfraud query most_indebted
SELECT person_id, impact, exposure_to_others, outstanding, default_probability
FROM run_debt
WHERE outstanding >= $min_outstanding
ORDER BY impact DESC NULLS FIRST, person_id LIMIT $limit
