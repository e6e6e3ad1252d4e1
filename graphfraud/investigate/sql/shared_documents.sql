-- purpose:    identity documents that two or more people have: a mistake or worse
-- zh:         两人以上共用的身份证件
-- parameters: $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each document, the most people first: value, people
-- cost:       all documents, one group each
-- example:    graphfraud query shared_documents
SELECT value, list(person_id ORDER BY person_id) AS people
FROM raw_identifiers WHERE kind = 'national_id'
GROUP BY value HAVING count(*) >= 2
ORDER BY len(people) DESC, value LIMIT $limit
