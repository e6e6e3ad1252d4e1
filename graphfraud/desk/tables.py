"""Tables of the desk; moments are UTC microseconds, lists of words are JSON.

The migrations under ``migrations/versions`` make them; a test holds the two together.
"""

from typing import Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData()
ID: Final = sa.String(160)
WORD: Final = sa.String(64)
MOMENT: Final = sa.BigInteger()
NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ALERTS: Final = sa.Table(
    "alerts",
    METADATA,
    sa.Column("alert_id", ID, primary_key=True),
    sa.Column("target_kind", WORD, nullable=False),
    sa.Column("target_id", ID, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("first_seen_at", MOMENT, nullable=False),
    sa.Column("run_id", WORD, nullable=False),
    sa.Column("state", WORD, nullable=False),
    sa.Column("taken_by", WORD),
    sa.Column("taken_until", MOMENT),
    sa.Column("settled_severity", sa.Integer),
    sa.Column("settled_codes", sa.Text),
    sa.UniqueConstraint("target_kind", "target_id", name="one_alert_a_target"),
    sa.Index("alerts_queue", "state", "severity", "first_seen_at", "alert_id"),
)
"""One row a target, whatever rules caught it; ``settled_…`` is what the last verdict knew."""

NOTES: Final = sa.Table(
    "notes",
    METADATA,
    sa.Column("note_id", NUMBER, primary_key=True, autoincrement=True),
    sa.Column("alert_id", ID, sa.ForeignKey("alerts.alert_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("author", WORD, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("verdict", WORD),
    sa.Column("text", sa.Text, nullable=False),
)
"""Comments, and verdicts with theirs, in the order in which they were given."""

LABELS: Final = sa.Table(
    "labels",
    METADATA,
    sa.Column("person_id", ID, primary_key=True),
    sa.Column("label", WORD, primary_key=True),
    sa.Column("at", MOMENT, primary_key=True),
    sa.Column("ring_id", ID),
    sa.Column("author", WORD, nullable=False),
)
LISTS: Final = sa.Table(
    "lists",
    METADATA,
    sa.Column("list", WORD, primary_key=True),
    sa.Column("target_kind", WORD, primary_key=True),
    sa.Column("target_id", ID, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("from_at", MOMENT, nullable=False),
    sa.Column("until_at", MOMENT),
    sa.Column("author", WORD, nullable=False),
)
RUNS: Final = sa.Table(
    "runs", METADATA, sa.Column("run_id", WORD, primary_key=True), sa.Column("as_of", MOMENT, nullable=False)
)
"""Runs whose alerts are in the queue."""

USERS: Final = sa.Table(
    "users",
    METADATA,
    sa.Column("name", WORD, primary_key=True),
    sa.Column("password", sa.String(255), nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("created_at", MOMENT, nullable=False),
)
SESSIONS: Final = sa.Table(
    "sessions",
    METADATA,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("name", WORD, sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    sa.Column("csrf_sha256", sa.String(64), nullable=False),
    sa.Column("until", MOMENT, nullable=False),
)
"""Sessions of the page; neither their secrets nor their CSRF tokens are kept, only digests."""
