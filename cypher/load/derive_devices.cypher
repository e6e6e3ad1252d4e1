// purpose:    which devices people use, from their logins, for investigators
// parameters: $rows, lists of a person's number
// returns:    nothing
// cost:       the logins of each person, one relationship for each device of each
UNWIND $rows AS row
MATCH (p:Person) WHERE p.n = row[0]
MATCH (p)-[r:LOGGED_IN]->(d:Device)
WITH p, d, min(r.at) AS first_at, max(r.at) AS last_at, count(*) AS logins
CREATE (p)-[u:USED_DEVICE]->(d)
SET u.first_at = first_at, u.last_at = last_at, u.logins = logins
