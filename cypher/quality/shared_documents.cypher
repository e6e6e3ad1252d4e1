// purpose:    identity documents that two or more people have: a mistake or worse
// zh:         两人以上共用的身份证件
// parameters: $limit integer 1..1000 = 200; rows at most
// returns:    a record for each document, the most people first: value, people
// cost:       all documents, one degree each
// example:    graphfraud query shared_documents
:param limit => 200;
MATCH (document:NationalId)<-[:HAS_NATIONAL_ID]-(person:Person)
WITH document, person ORDER BY person.person_id
WITH document, collect(person.person_id) AS people
WHERE size(people) >= 2
RETURN document.value AS value, people
ORDER BY size(people) DESC, value LIMIT $limit
