-- purpose:    all that a run says of each person
-- parameters: $scores, $debt, $features, the files of the run
-- returns:    one row a person, by person
-- cost:       one scan of each, two hash joins, one sort
SELECT {said}
FROM read_parquet($scores) AS s
LEFT JOIN read_parquet($debt) AS d ON d.person_id = s.person_id
LEFT JOIN read_parquet($features) AS f ON f.person_id = s.person_id
ORDER BY s.person_id
