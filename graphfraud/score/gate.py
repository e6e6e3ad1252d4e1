"""The gate: which rules fire for whom, and the facts that they read about people."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.errors import InputError, MissingColumnError
from graphfraud.score.parts import Flags, Floats
from graphfraud.score.rules import Outcome, Rule

BYSTANDER: Final = "bystander"
FLAGS: Final = ("id_verified", "face_verified", "blocked", "watched", "allowed", "known_fraud")


@dataclass(frozen=True)
class Facts:
    """One float array a fact, a row a person; unknown is NaN. ``allowed`` is NaN-free."""

    columns: dict[str, Floats]
    allowed: Flags


@dataclass(frozen=True)
class Verdict:
    """Which rules fired for whom (n × rules), and those whose fact is unknown of everybody."""

    rules: tuple[Rule, ...]
    fired: Flags
    not_evaluated: tuple[str, ...]

    @property
    def outcome(self) -> Floats:
        """The worst outcome by person, as a number of :class:`Outcome`."""
        asked = np.array([float(rule.outcome) for rule in self.rules])
        return np.asarray((self.fired * asked).max(axis=1, initial=Outcome.APPROVE))

    @property
    def adverse(self) -> Flags:
        """Whether a rule fired that does not rest on a person's links."""
        return np.asarray(self.fired[:, [not rule.linked for rule in self.rules]].any(axis=1))


def verdict(facts: Facts, rules: tuple[Rule, ...]) -> Verdict:
    """Every rule on everybody. Cost: O(people × rules)."""
    fired = np.zeros((len(facts.allowed), len(rules)), dtype=np.bool_)
    unknown = []
    for place, rule in enumerate(rules):
        fact = facts.columns[rule.fact]
        hit = ~np.isnan(fact)
        if rule.at_least is not None:
            hit &= fact >= rule.at_least
        if rule.below is not None:
            hit &= fact < rule.below
        fired[:, place] = hit & ~facts.allowed if rule.waivable else hit
        if len(fact) and np.isnan(fact).all():
            unknown.append(rule.id)
    return Verdict(rules, fired, tuple(unknown))


def facts(standing: pa.Table, membership: pa.Table, *, today: np.datetime64) -> Facts:
    """The facts about people as floats, in the order of ``standing``; ``today`` is the local date.

    ``max_days_past_due`` and ``parts`` belong to the scoring and are added by it.

    Raises:
        MissingColumnError: ``standing`` or ``membership`` lacks a column.
    """
    _check_columns(standing, ("person_id", "birth_date", *FLAGS), "standing")
    _check_columns(membership, ("person_id", "ring_score", "role"), "membership")
    known = {name: _flag(standing.column(name)) for name in FLAGS}
    ring_score, member = worst_ring(standing.column("person_id"), membership)
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


def worst_ring(person_id: pa.ChunkedArray, membership: pa.Table) -> tuple[Floats, Flags]:
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
