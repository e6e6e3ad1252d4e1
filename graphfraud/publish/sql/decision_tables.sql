-- purpose:    the tables of the ledger: cards and rules by digest, decisions by id and by request
-- parameters: none
-- returns:    nothing; makes what is not there yet
-- cost:       constant
CREATE TABLE IF NOT EXISTS documents (digest TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decisions (
    decision_id TEXT PRIMARY KEY, kind TEXT NOT NULL, request_id TEXT NOT NULL, person_id TEXT NOT NULL,
    payee_id TEXT, at_us INTEGER NOT NULL, amount REAL NOT NULL, just_below INTEGER NOT NULL,
    card TEXT NOT NULL, rules TEXT NOT NULL, case_json TEXT NOT NULL, answer_json TEXT NOT NULL,
    UNIQUE (kind, request_id));
CREATE INDEX IF NOT EXISTS of_person ON decisions (person_id, kind, at_us);
CREATE INDEX IF NOT EXISTS of_payee ON decisions (payee_id, at_us);
