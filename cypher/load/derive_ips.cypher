// purpose:    which addresses people use, from their logins, for investigators
// parameters: $rows, lists of a person's number
// returns:    nothing
// cost:       the logins of each person, one look into an index and one relationship for each address of each
UNWIND $rows AS row
MATCH (p:Person) WHERE p.n = row[0]
MATCH (p)-[r:LOGGED_IN]->(:Device) WHERE r.ip IS NOT NULL
WITH p, r.ip AS ip, min(r.at) AS first_at, max(r.at) AS last_at, count(*) AS logins
MATCH (i:IP) WHERE i.ip = ip
CREATE (p)-[u:USED_IP]->(i)
SET u.first_at = first_at, u.last_at = last_at, u.logins = logins
