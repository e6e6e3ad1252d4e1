// purpose:    the shortest ways in which two people are tied, the most telling first
// zh:         两人之间最短的关联路径，最有说服力的在前
// parameters: $person_id person; whom to look at
//             $other_id person; the other person
//             $max_links integer 1..8 = 6; links of a way at most
//             $hub_limit integer 1..100000 = 60; a thing that more people have ties nobody to anybody
//             $from time = null; nothing earlier
//             $to time = null; nothing later, and never later than the run's as-of
//             $limit integer 1..20 = 3; ways at most
// returns:    a record for each way with the fewest links, the lowest cost first: links, cost, way
// cost:       a search from both people up to max_links; document, card and phone cost 1, e-mail, device and guarantee 2, contact 3, payment and address 4, friendship 5, network address 6
// example:    graphfraud query explanation_path --param person_id=p-1 --param other_id=p-2
:param person_id => 'p-1';
:param other_id => 'p-2';
:param max_links => 6;
:param hub_limit => 60;
:param from => null;
:param to => null;
:param limit => 3;
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS as_of
WITH as_of, coalesce($from, datetime('0001-01-01T00:00:00Z')) AS since,
  CASE WHEN $to < as_of THEN $to ELSE as_of END AS until
MATCH (a:Person {person_id: $person_id}), (b:Person {person_id: $other_id})
WHERE a <> b
MATCH path = ALL SHORTEST (a)
  ((x)-[r:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|USED_DEVICE|USED_IP|FRIEND_OF|LISTS_CONTACT|GUARANTEES|PAID]-(y)
    WHERE NOT y:Merchant AND since <= coalesce(r.at, r.last_at, r.since, until) AND coalesce(r.at, r.first_at, r.since, until) <= until
      AND (y:Person OR COUNT { (y)<-[:HAS_PHONE|HAS_CARD|HAS_ADDRESS|HAS_NATIONAL_ID|HAS_EMAIL|USED_DEVICE|USED_IP]-() } <= $hub_limit)){1,8} (b)
WHERE length(path) <= $max_links
WITH DISTINCT [node IN nodes(path) | coalesce(node.person_id, node.device_id, node.ip, node.value)] AS ids,
  [node IN nodes(path) | labels(node)[0]] AS labels, [link IN relationships(path) | type(link)] AS types
WITH ids, labels, types, reduce(sum = 0, type IN types | sum + CASE type WHEN 'HAS_NATIONAL_ID' THEN 1 WHEN 'HAS_CARD' THEN 1 WHEN 'HAS_PHONE' THEN 1 WHEN 'GUARANTEES' THEN 2 WHEN 'HAS_EMAIL' THEN 2 WHEN 'USED_DEVICE' THEN 2 WHEN 'LISTS_CONTACT' THEN 3 WHEN 'PAID' THEN 4 WHEN 'HAS_ADDRESS' THEN 4 WHEN 'FRIEND_OF' THEN 5 ELSE 6 END) AS cost
RETURN size(types) AS links, cost,
  [ids[0]] + reduce(way = [], i IN range(0, size(types) - 1) | way + [types[i], CASE labels[i + 1] WHEN 'Person' THEN ids[i + 1] ELSE labels[i + 1] + ':' + ids[i + 1] END]) AS way
ORDER BY cost, way LIMIT $limit
