// purpose:    phones, cards, documents, e-mails and addresses that most people have: recycled, typed in by default, or worse
// zh:         被最多人共用的手机、银行卡、证件等
// parameters: $min_people integer 2..100000 = 10; people at least
//             $limit integer 1..1000 = 50; rows at most
// returns:    a record for each thing, the most first: label, value, people
// cost:       all identifiers, one degree each
// example:    graphfraud query hubs
:param min_people => 10;
:param limit => 50;
MATCH (thing:Phone|Card|Address|NationalId|Email)
WITH thing, COUNT { (thing)<-[:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL]-() } AS people
WHERE people >= $min_people
RETURN labels(thing)[0] AS label, thing.value AS value, people
ORDER BY people DESC, label, value LIMIT $limit
