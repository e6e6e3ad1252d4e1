"""The shapes of the service's answers and questions: what is sent is what OpenAPI shows.

An identity (``run_id``, ``snapshot_digest``, ``model_version``) heads every answer that
comes from a run, and all of an answer comes from that one run.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

PEOPLE_LIMIT = 1_000
"""People that one question may name."""
ID_LIMIT = 128
NAME_LIMIT = 1_000
RINGS_LIMIT = 1_000

Status = Literal["present", "missing", "stale"]
PersonStatus = Literal["present", "missing", "unknown_person", "withheld"]
Value = int | float | bool | None

PersonId = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LIMIT)]
FeatureName = Annotated[str, msgspec.Meta(max_length=ID_LIMIT)]


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


class ScoreReason(msgspec.Struct, frozen=True):
    """Why, in words, and what it did to the score."""

    code: str
    points: float | None
    zh: str
    en: str


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
    """A reported ring; score in [0, 1], higher is more suspicious."""

    ring_id: str
    size: int
    kind: str
    score: float | None
    p_value: float | None
    first_seen_at: datetime | None
    reasons: list[Reason]


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
