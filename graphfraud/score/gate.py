"""The gate: rules that stand before the score, as a table.

A rule reads one fact about a person and fires where it lies in ``[at_least, below)``. An unknown
fact fires nothing; a fact unknown of everybody, because its table is absent, makes the rule
``not_evaluated``. The worst outcome of the rules that fired counts.
"""

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.errors import InputError, MissingColumnError
from graphfraud.score.parts import Flags, Floats

ADULT_YEARS: Final = 18
RING_SCORE: Final = 0.8
BYSTANDER: Final = "bystander"
NOTHING_KNOWN: Final = 0
FLAGS: Final = ("id_verified", "face_verified", "blocked", "watched", "allowed", "known_fraud")


class Outcome(IntEnum):
    """What a rule asks for, the worst last."""

    APPROVE = 0
    REVIEW = 1
    DECLINE = 2


@dataclass(frozen=True)
class Rule:
    """One rule. ``linked``: it rests on a person's links; ``waivable``: the allow list suspends it."""

    id: str
    version: int
    meaning: str
    fact: str
    outcome: Outcome
    zh: str
    en: str
    at_least: float = -math.inf
    below: float = math.inf
    linked: bool = False
    waivable: bool = False


RULES: Final = (
    Rule(
        "R-MINOR",
        1,
        "younger than 18 on the day, by the identity document",
        "age",
        Outcome.DECLINE,
        "年龄 {value} 岁，未满18周岁",
        "{value} years old, under 18",
        below=ADULT_YEARS,
    ),
    Rule(
        "R-BLOCK",
        1,
        "on the block list",
        "blocked",
        Outcome.DECLINE,
        "在禁止名单中",
        "on the block list",
        at_least=1,
    ),
    Rule(
        "R-CONFIRMED",
        1,
        "known as fraudulent and member of a reported ring",
        "confirmed",
        Outcome.DECLINE,
        "已确认欺诈且为团伙成员",
        "known as fraudulent and member of a reported ring",
        at_least=1,
    ),
    Rule(
        "R-OVERDUE-90",
        1,
        "was 90 days or more past due",
        "max_days_past_due",
        Outcome.DECLINE,
        "曾逾期 {value} 天（90天及以上）",
        "was {value} days past due (90 or more)",
        at_least=90,
    ),
    Rule(
        "R-OVERDUE-30",
        1,
        "was 30 to 89 days past due",
        "max_days_past_due",
        Outcome.REVIEW,
        "曾逾期 {value} 天（30天及以上）",
        "was {value} days past due (30 or more)",
        at_least=30,
        below=90,
    ),
    Rule(
        "R-ID",
        1,
        "identity document not verified",
        "id_verified",
        Outcome.REVIEW,
        "身份证件未通过核验",
        "identity document not verified",
        below=1,
    ),
    Rule(
        "R-FACE",
        1,
        "face check not passed",
        "face_verified",
        Outcome.REVIEW,
        "未通过人脸核验",
        "face check not passed",
        below=1,
    ),
    Rule(
        "R-WATCH",
        1,
        "on the watch list",
        "watched",
        Outcome.REVIEW,
        "在关注名单中",
        "on the watch list",
        at_least=1,
        waivable=True,
    ),
    Rule(
        "R-RING",
        1,
        "member, not bystander, of a reported ring scored 0.8 or more; never declined for it alone",
        "ring_score",
        Outcome.REVIEW,
        "疑似团伙成员（团伙评分 {value}）",
        "member of a suspected ring (ring score {value})",
        at_least=RING_SCORE,
        linked=True,
        waivable=True,
    ),
    Rule(
        "R-FRAUD",
        1,
        "known as fraudulent, but member of no reported ring",
        "lone_fraud",
        Outcome.REVIEW,
        "已标记欺诈",
        "known as fraudulent",
        at_least=1,
    ),
    Rule(
        "R-NOFILE",
        1,
        "no part of the score could be computed",
        "parts",
        Outcome.REVIEW,
        "缺少可评分的资料",
        "nothing is known that could be scored",
        below=NOTHING_KNOWN + 1,
    ),
)
"""In this order rules are reported and take the first places among the reasons."""


@dataclass(frozen=True)
class Facts:
    """One float array a fact, a row a person; unknown is NaN. ``allowed`` is NaN-free."""

    columns: dict[str, Floats]
    allowed: Flags


@dataclass(frozen=True)
class Verdict:
    """Which rules fired for whom (n × rules), and those whose fact is unknown of everybody."""

    fired: Flags
    not_evaluated: tuple[str, ...]

    @property
    def outcome(self) -> Floats:
        """The worst outcome by person."""
        return np.asarray((self.fired * np.array([rule.outcome for rule in RULES])).max(axis=1))

    @property
    def adverse(self) -> Flags:
        """Whether a rule fired that does not rest on a person's links."""
        return np.asarray(self.fired[:, [not rule.linked for rule in RULES]].any(axis=1))


def verdict(facts: Facts) -> Verdict:
    """Every rule on everybody. Cost: O(people × rules)."""
    fired, unknown = [], []
    for rule in RULES:
        fact = facts.columns[rule.fact]
        hit = (fact >= rule.at_least) & (fact < rule.below)
        fired.append(hit & ~facts.allowed if rule.waivable else hit)
        if len(fact) and np.isnan(fact).all():
            unknown.append(rule.id)
    return Verdict(np.column_stack(fired), tuple(unknown))


def facts(standing: pa.Table, membership: pa.Table, *, today: np.datetime64) -> Facts:
    """The facts about people as floats, in the order of ``standing``; ``today`` is the local date.

    ``max_days_past_due`` and ``parts`` belong to the scoring and are added by it.

    Raises:
        MissingColumnError: ``standing`` or ``membership`` lacks a column.
    """
    _check_columns(standing, ("person_id", "birth_date", *FLAGS), "standing")
    _check_columns(membership, ("person_id", "ring_score", "role"), "membership")
    known = {name: _flag(standing.column(name)) for name in FLAGS}
    ring_score, member = _worst_ring(standing.column("person_id"), membership)
    fraud = known["known_fraud"]
    columns = {
        "age": ages(standing.column("birth_date"), today),
        "ring_score": ring_score,
        "confirmed": np.where(np.isnan(fraud), np.nan, (fraud == 1) & member),
        "lone_fraud": np.where(np.isnan(fraud), np.nan, (fraud == 1) & ~member),
        **{name: known[name] for name in ("id_verified", "face_verified", "blocked", "watched")},
    }
    return Facts(columns, known["allowed"] == 1)


def ages(birth_date: pa.ChunkedArray, today: np.datetime64) -> Floats:
    """Completed years of life on a date; unknown is NaN. Born on 29 February: a year older on 1 March.

    >>> ages(pa.chunked_array([["2008-02-29"]]).cast(pa.date32()), np.datetime64("2026-02-28"))
    array([17.])
    """
    born = np.asarray(pc.cast(birth_date, pa.date32()).to_numpy(), dtype="datetime64[D]")
    months = today.astype("datetime64[M]") - born.astype("datetime64[M]")
    day_of = today - today.astype("datetime64[M]").astype("datetime64[D]")
    day_born = born - born.astype("datetime64[M]").astype("datetime64[D]")
    complete = months.astype(np.float64) - (day_of < day_born)
    return np.where(np.isnat(born), np.nan, np.floor(complete / 12))


def _check_columns(table: pa.Table, names: tuple[str, ...], where: str) -> None:
    absent = [name for name in names if name not in table.column_names]
    if absent:
        raise MissingColumnError(f"no column {', '.join(absent)}", where=where, cure="add it, with nulls if unknown")


def _flag(column: pa.ChunkedArray) -> Floats:
    flags = pc.cast(pc.cast(column, pa.bool_()), pa.float64())
    return np.asarray(flags.to_numpy(), dtype=np.float64)


def _worst_ring(person_id: pa.ChunkedArray, membership: pa.Table) -> tuple[Floats, Flags]:
    """Highest score of the rings a person belongs to as more than a bystander (0: none), and whether any."""
    score = np.zeros(len(person_id))
    member = np.zeros(len(person_id), dtype=np.bool_)
    part = membership.filter(pc.fill_null(pc.not_equal(membership.column("role"), BYSTANDER), fill_value=True))
    rows = pc.index_in(pc.cast(part.column("person_id"), person_id.type), value_set=person_id)
    if rows.null_count:
        raise InputError(
            f"{rows.null_count} ring members are not among the people scored",
            where="membership",
            cure="score and find rings on the same snapshot",
        )
    places = np.asarray(rows.to_numpy(), dtype=np.int64)
    np.fmax.at(score, places, np.asarray(part.column("ring_score").to_numpy(), dtype=np.float64))
    member[places] = True
    return score, member
