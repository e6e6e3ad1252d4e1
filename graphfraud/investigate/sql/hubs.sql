-- purpose:    phones, cards, documents, e-mails and addresses that most people have: recycled, typed in by default, or worse
-- zh:         被最多人共用的手机、银行卡、证件等
-- parameters: $min_people integer 2..100000 = 10; people at least
--             $limit integer 1..1000 = 50; rows at most
-- returns:    a record for each thing, the most first: label, value, people
-- cost:       all identifiers, one group each
-- example:    graphfraud query hubs
SELECT identifier_label(kind) AS label, value, count(*) AS people
FROM raw_identifiers
GROUP BY kind, value HAVING count(*) >= $min_people
ORDER BY people DESC, label, value LIMIT $limit
