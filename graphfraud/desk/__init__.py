"""The desk: the queue of alerts, verdicts, labels, lists and sessions, in SQLite or PostgreSQL."""
