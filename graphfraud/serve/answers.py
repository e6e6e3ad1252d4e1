"""The shapes of the service's answers and questions: what is sent is what OpenAPI shows.

An identity (``run_id``, ``snapshot_digest``, ``model_version``) heads every answer that
comes from a run, and all of an answer comes from that one run.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from graphfraud.features.catalogue import CATALOGUE

PEOPLE_LIMIT = 1_000
"""People that one question may name."""
ID_LIMIT = 128
NAME_LIMIT = 1_000
RINGS_LIMIT = 1_000
VALUE_LIMIT = 4_000
TEXT_LIMIT = 1_000

Status = Literal["present", "missing", "stale"]
PersonStatus = Literal["present", "missing", "unknown_person", "withheld"]
Value = int | float | bool | None

PersonId = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LIMIT)]
SomeText = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LIMIT, pattern=r"[^\x00-\x20\x7f-\xa0]")]
FEATURE_NAMES = tuple(feature.name for feature in CATALOGUE)
FeatureName = Annotated[str, msgspec.Meta(max_length=ID_LIMIT, extra_json_schema={"enum": list(FEATURE_NAMES)})]


class FeatureQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People in the order in which they are to be answered; without features, all of them."""

    person_ids: Annotated[list[PersonId], msgspec.Meta(max_length=PEOPLE_LIMIT)]
    features: Annotated[list[FeatureName], msgspec.Meta(max_length=NAME_LIMIT)] | None = None


class ScoreQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People in the order in which they are to be answered."""

    person_ids: Annotated[list[PersonId], msgspec.Meta(max_length=PEOPLE_LIMIT)]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Which run, which snapshot and which model an answer comes from."""

    run_id: str
    snapshot_digest: str
    model_version: str


class FeatureValue(msgspec.Struct, frozen=True, gc=False):
    """A value; null when missing; stale when it outlived the time to live that the service was given."""

    value: Value
    status: Status
    as_of: str


class PersonFeatures(Identity, frozen=True, kw_only=True):
    """One person's features."""

    person_id: str
    features: dict[str, FeatureValue]


class FeaturesOfOne(msgspec.Struct, frozen=True, gc=False):
    """One of many people; one that the run does not know has no features."""

    person_id: str
    status: PersonStatus
    features: dict[str, FeatureValue]


class PeopleFeatures(Identity, frozen=True, kw_only=True):
    """Features of many people, in the order asked."""

    people: list[FeaturesOfOne]


class FeatureColumn(msgspec.Struct, frozen=True):
    """One feature of all people asked: null where missing; status and as_of hold for every value."""

    values: list[Value]
    status: Literal["present", "stale"]
    as_of: str


class FeatureColumns(Identity, frozen=True, kw_only=True):
    """Features of many people by column; position i of every list is person i of the question."""

    person_ids: list[str]
    status: list[PersonStatus]
    features: dict[str, FeatureColumn]


class Reason(msgspec.Struct, frozen=True):
    """Why, in words."""

    code: str
    zh: str
    en: str


class Ground(msgspec.Struct, frozen=True):
    """A link that a reason rests on: how the person is tied to whom or what, and when."""

    relationship: str
    party_id: str
    party_label: str
    at: datetime | None = None


class ScoreReason(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why, in words, and what it did to the score; ``evidence`` where there is any and one person is asked about."""

    code: str
    points: float | None
    zh: str
    en: str
    evidence: list[Ground] = []


class Parts(msgspec.Struct, frozen=True):
    """The four parts of the score, 0 to 100 each, higher is safer."""

    social: float | None
    payment: float | None
    credit: float | None
    device: float | None


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """Score 0 to 100 (higher is safer), limit in yuan, rates as shares; all null when status says so."""

    person_id: str
    status: PersonStatus
    score: float | None = None
    parts: Parts | None = None
    tier: str | None = None
    limit_cny: float | None = None
    daily_rate: float | None = None
    irr_annual: float | None = None
    decision: str | None = None
    reasons: list[ScoreReason] = []
    rules_fired: list[str] = []
    parts_present: list[str] = []


class PersonScore(Score, frozen=True, kw_only=True):
    """One person's score, with its identity."""

    run_id: str
    snapshot_digest: str
    model_version: str
    as_of: str


class PeopleScores(Identity, frozen=True, kw_only=True):
    """Scores of many people, in the order asked."""

    as_of: str
    people: list[Score]


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """A reported ring; score in [0, 1], higher is more suspicious.

    ``lenders_open``, ``outstanding`` (yuan) and ``stacking`` are of all members, as if they were one borrower.
    """

    ring_id: str
    size: int
    kind: str
    score: float | None
    p_value: float | None
    first_seen_at: datetime | None
    reasons: list[Reason]
    lenders_open: int | None = None
    outstanding: float | None = None
    stacking: float | None = None


class Rings(Identity, frozen=True, kw_only=True):
    """Rings by falling score, then id; ``next`` continues the list as ``after``, null at its end."""

    as_of: str
    rings: list[Ring]
    next: str | None


class Member(msgspec.Struct, frozen=True):
    """Who is in a ring, and as what."""

    person_id: str
    role: str
    score: float | None


class Evidence(msgspec.Struct, frozen=True):
    """One link of the evidence, members and bystanders alike."""

    source_id: str
    source_label: str
    relationship: str
    target_id: str
    target_label: str
    weight: float | None
    at: datetime | None = None


class RingDetail(Ring, frozen=True, kw_only=True):
    """A ring with its members and the links that speak for it, with its identity."""

    run_id: str
    snapshot_digest: str
    model_version: str
    as_of: str
    members: list[Member]
    evidence: list[Evidence]


TieType = Literal[
    "phone", "card", "address", "national_id", "email", "device", "ip", "friend", "contact", "guarantee", "payment"
]


class Neighbour(msgspec.Struct, frozen=True):
    """Somebody tied to the person, how strongly (higher is rarer), and by what."""

    person_id: str
    weight: float
    types: list[TieType]


class Neighbours(Identity, frozen=True, kw_only=True):
    """Neighbours by falling weight, then id; ``next`` continues the list as ``after``, null at its end."""

    as_of: str
    person_id: str
    neighbours: list[Neighbour]
    next: str | None


class Step(msgspec.Struct, frozen=True):
    """One tie of a path."""

    from_id: str
    to_id: str
    weight: float
    types: list[TieType]


class Path(msgspec.Struct, frozen=True):
    """A way from one person to another; its cost is the sum of the inverse weights."""

    cost: float
    steps: list[Step]


class Paths(Identity, frozen=True, kw_only=True):
    """Ways by rising cost, no two over one tie; ``complete`` is false where the search stopped at its bound."""

    as_of: str
    paths: list[Path]
    complete: bool


IdentifierKind = Literal["phone", "card", "address", "national_id", "email"]


class FindQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An identifier as people write it, and what for; the value is hashed and kept nowhere."""

    kind: IdentifierKind
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=VALUE_LIMIT)]
    purpose: SomeText


class Found(msgspec.Struct, frozen=True):
    """Somebody who has or had the identifier."""

    person_id: str
    since: datetime | None
    until: datetime | None


class FoundPeople(Identity, frozen=True, kw_only=True):
    """The people behind an identifier, by id."""

    as_of: str
    kind: IdentifierKind
    people: list[Found]


QUEUE_CURSOR = r"[0-2]~-?[0-9]{1,17}~[0-9A-Za-z._-]{1,128}"
"""Severity (2 is high), first sighting and id of an alert."""
ALERT_STATES = ("open", "taken", "settled")
AlertState = Literal["open", "taken", "settled"]
Severity = Literal["low", "medium", "high"]
Verdict = Literal["confirmed_fraud", "not_fraud", "unsure"]
Text = Annotated[str, msgspec.Meta(max_length=TEXT_LIMIT)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LIMIT)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


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


class LoginQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody at the page."""

    name: Annotated[str, msgspec.Meta(max_length=64)]
    password: Annotated[str, msgspec.Meta(max_length=1_000)]


class LoggedIn(msgspec.Struct, frozen=True):
    """Who is logged in; the token goes into ``X-CSRF-Token`` of whatever changes something."""

    name: str
    csrf_token: str


class LoggedOut(msgspec.Struct, frozen=True):
    """The session is over."""

    status: Literal["logged_out"] = "logged_out"


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is to be said."""


class Entry(msgspec.Struct, frozen=True):
    """One feature of the catalogue; ``as_loaded`` marks values that no observation time bounds."""

    name: str
    part: str
    dtype: Literal["int", "float", "bool"]
    unit: str
    meaning: str
    tables: list[str]
    as_loaded: bool
    structural: bool


class KnownRun(msgspec.Struct, frozen=True):
    """A run on the disk."""

    run_id: str
    as_of: str
    current: bool


class Catalogue(Identity, frozen=True, kw_only=True):
    """What every feature means, and which runs there are, the newest first."""

    as_of: str
    features: list[Entry]
    runs: list[KnownRun]


class Health(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(Identity, frozen=True, kw_only=True):
    """A run is published and open."""

    status: Literal["ready"] = "ready"


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457: what went wrong, where, and the cure; ``near`` lists names like the one not known."""

    type: str
    title: str
    status: int
    detail: str
    where: str = ""
    cure: str = ""
    near: list[str] = []
