// purpose:    payments and logins that came after the run's as-of, which it does not know
// zh:         批次截止时间之后的支付与登录
// parameters: none
// returns:    one record: payments, logins
// cost:       all payments and logins
// example:    graphfraud query later_than_the_run
OPTIONAL MATCH (:Current {name: 'run'})-[:IS]->(run:Run)
WITH coalesce(run.as_of, datetime('9999-12-31T00:00:00Z')) AS until
CALL (until) { MATCH (:Person)-[paid:PAID]->() WHERE paid.at > until RETURN count(paid) AS payments }
CALL (until) { MATCH (:Person)-[login:LOGGED_IN]->() WHERE login.at > until RETURN count(login) AS logins }
RETURN payments, logins
