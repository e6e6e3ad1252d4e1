"""Shapes of /alerts, /labels and /lists."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from graphfraud.serve.answers.common import PEOPLE_LIMIT, Id, Moment, PersonId, Reason, SomeText, Text

QUEUE_CURSOR = r"[0-2]~-?[0-9]{1,17}~[0-9A-Za-z._-]{1,128}"
"""Severity (2 is high), first sighting and id of an alert."""
ALERT_STATES = ("open", "taken", "settled")
AlertState = Literal["open", "taken", "settled"]
Severity = Literal["low", "medium", "high"]
Verdict = Literal["confirmed_fraud", "not_fraud", "unsure"]


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody should look at: one a target, with all that was found about it."""

    alert_id: str
    target_kind: str
    target_id: str
    severity: Severity
    reasons: list[Reason]
    first_seen_at: datetime
    run_id: str
    state: AlertState
    taken_by: str | None
    taken_until: datetime | None


class Alerts(msgspec.Struct, frozen=True):
    """The queue, the gravest first; ``next`` continues it as ``after``, null at its end."""

    run_id: str
    alerts: list[Alert]
    next: str | None


class Note(msgspec.Struct, frozen=True):
    """A comment, or a verdict with its comment."""

    author: str
    at: datetime
    verdict: Verdict | None
    text: str


class AlertDetail(Alert, frozen=True, kw_only=True):
    """An alert with its notes, the oldest first."""

    notes: list[Note]


class TakeQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is to be said: who takes it is who asks."""


class CommentQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment."""

    text: SomeText


class VerdictQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was found out; ``confirmed_fraud`` and ``not_fraud`` label the people for the next night."""

    verdict: Verdict
    comment: Text = ""


class LabelGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a person, and since when; now without a time. ``ring_id`` is a name people give."""

    person_id: PersonId
    label: Literal["fraud", "default", "clean"]
    at: Moment | None = None
    ring_id: Id | None = None


class LabelsQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Labels for the next night."""

    labels: Annotated[list[LabelGiven], msgspec.Meta(min_length=1, max_length=PEOPLE_LIMIT)]


class Labelled(msgspec.Struct, frozen=True):
    """How many labels were kept."""

    labels: int


class ListQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of a list, until a time or for good; an entry of the same target is replaced."""

    list: Literal["block", "watch", "allow"]
    target_kind: Literal["person", "device", "ip", "merchant"]
    target_id: Id
    reason: SomeText
    until: Moment | None = None


class Listed(msgspec.Struct, frozen=True):
    """What is on which list."""

    list: str
    target_kind: str
    target_id: str
