"""The first form of the desk: alerts, notes, labels, lists, runs, users, sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID, _WORD = sa.String(160), sa.String(64)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "alerts",
        sa.Column("alert_id", _ID, primary_key=True),
        sa.Column("target_kind", _WORD, nullable=False),
        sa.Column("target_id", _ID, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("first_seen_at", sa.BigInteger, nullable=False),
        sa.Column("run_id", _WORD, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("taken_by", _WORD),
        sa.Column("taken_until", sa.BigInteger),
        sa.Column("settled_severity", sa.Integer),
        sa.Column("settled_codes", sa.Text),
        sa.UniqueConstraint("target_kind", "target_id", name="one_alert_a_target"),
    )
    op.create_index("alerts_queue", "alerts", ["state", "severity", "first_seen_at", "alert_id"])
    op.create_table(
        "notes",
        sa.Column("note_id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("alert_id", _ID, sa.ForeignKey("alerts.alert_id", ondelete="CASCADE"), nullable=False),
        sa.Column("author", _WORD, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("verdict", _WORD),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_notes_alert_id", "notes", ["alert_id"])
    op.create_table(
        "labels",
        sa.Column("person_id", _ID, primary_key=True),
        sa.Column("label", _WORD, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("ring_id", _ID),
        sa.Column("author", _WORD, nullable=False),
    )
    op.create_table(
        "lists",
        sa.Column("list", _WORD, primary_key=True),
        sa.Column("target_kind", _WORD, primary_key=True),
        sa.Column("target_id", _ID, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("from_at", sa.BigInteger, nullable=False),
        sa.Column("until_at", sa.BigInteger),
        sa.Column("author", _WORD, nullable=False),
    )
    op.create_table(
        "runs", sa.Column("run_id", _WORD, primary_key=True), sa.Column("as_of", sa.BigInteger, nullable=False)
    )
    op.create_table(
        "users",
        sa.Column("name", _WORD, primary_key=True),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("name", _WORD, sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
        sa.Column("csrf_sha256", sa.String(64), nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
