"""Shapes of /rings."""

from datetime import datetime

import msgspec

from graphfraud.serve.answers.common import Identity, Reason

RINGS_LIMIT = 1_000


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
