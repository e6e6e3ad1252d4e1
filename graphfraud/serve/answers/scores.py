"""Shapes of /scores."""

from datetime import datetime
from typing import Annotated

import msgspec

from graphfraud.serve.answers.common import PEOPLE_LIMIT, Identity, PersonId, PersonStatus


class ScoreQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People in the order in which they are to be answered."""

    person_ids: Annotated[list[PersonId], msgspec.Meta(max_length=PEOPLE_LIMIT)]


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
