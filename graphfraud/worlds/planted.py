"""Worlds with planted contagion: borrowers alone, and a known effect of each layer on who defaults next.

Quarter by quarter, a borrower defaults by their own debts and by the share of their neighbours in
each layer who defaulted in the quarter before: ``effects`` says what a share of one adds to the
log-odds. A label tells what became of four in five borrowers at the end of each past quarter;
the truth tells everybody's probability in the quarter after the as-of, when all goes a little worse.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.sparse import csr_array
from scipy.special import expit

from graphfraud.schema import BY_NAME, Kind
from graphfraud.settings import DAY_US
from graphfraud.worlds.recipe import AS_OF_US, Flags, Floats, Ints

QUARTER_US: Final = 90 * DAY_US
QUARTERS: Final = 4
KNOWN: Final = 0.8
BASE: Final = -2.4
LATER: Final = 0.3
"""What the future adds to everybody's log-odds."""
LENDERS: Final = 8
TIES: Final = (2, 3, 2)
"""Neighbours that each person draws in the legal, economic and social layer."""


@dataclass(frozen=True)
class Planted:
    """What was planted: tables by name in stored types, the truth, and the effects by layer."""

    tables: dict[str, pa.Table]
    truth: pa.Table
    effects: tuple[float, float, float]

    def write(self, directory: Path) -> None:
        """Contract tables, ``as_of.txt`` and ``truth/truth_default.parquet`` into a directory."""
        (directory / "truth").mkdir(parents=True, exist_ok=True)
        for name, table in self.tables.items():
            pq.write_table(_in_yuan(name, table), directory / f"{name}.parquet")
        pq.write_table(self.truth, directory / "truth" / "truth_default.parquet")
        (directory / "as_of.txt").write_text(f"{np.datetime64(AS_OF_US, 'us')}"[:19] + "Z\n", encoding="ascii")


@dataclass(frozen=True)
class Debts:
    """Each person's loans over the quarters, money in fen; row 0 is the earliest quarter."""

    person: Ints
    lender: Ints
    principal: Ints
    outstanding: Ints
    days_past_due: Ints


def planted(*, people: int = 10_000, seed: int = 1, effects: tuple[float, float, float] = (4.0, 0.0, -4.0)) -> Planted:
    """A world with known effects of the legal, economic and social layer; equal arguments, equal tables."""
    rng = np.random.default_rng([seed, people])
    debts = _debts(rng, people)
    pairs = [_pairs(rng, people, count) for count in TIES]
    shares = [_share(pairs[0], people), _share(pairs[1], people), _share(_both(pairs[2]), people)]
    defaulted = np.zeros((QUARTERS + 1, people), bool)
    probability = np.zeros(people)
    before = rng.random(people) < expit(BASE)
    for quarter in range(QUARTERS + 1):
        pulled = sum(effect * (share @ before - expit(BASE)) for effect, share in zip(effects, shares, strict=True))
        later = LATER if quarter == QUARTERS else 0.0
        probability = expit(BASE + later + _own(debts, quarter, people) + pulled)
        before = defaulted[quarter] = rng.random(people) < probability
    known = rng.random((QUARTERS, people)) < KNOWN
    tables = _tables(rng, debts, pairs) | {"labels": _labels(defaulted[:QUARTERS], known)}
    truth = {"person_id": _names(np.arange(people)), "default_probability": probability}
    return Planted(tables, pa.table(truth | {"defaulted_90d": defaulted[QUARTERS]}), effects)


def _debts(rng: np.random.Generator, people: int) -> Debts:
    count = 1 + rng.poisson(0.8, people)
    person = np.repeat(np.arange(people), count)
    principal = np.round(rng.lognormal(9.0, 0.8, len(person))).astype(np.int64) * 100
    left = rng.beta(2, 2, people)[person]
    drift = np.clip(left + rng.normal(0, 0.08, (QUARTERS + 1, len(person))), 0.02, 1.0)
    late = rng.random((QUARTERS + 1, people)) < 0.12
    days = np.where(late, rng.integers(1, 60, (QUARTERS + 1, people)), 0)[:, person]
    lender = rng.integers(0, LENDERS, len(person))
    return Debts(person, lender, principal, (principal * drift).astype(np.int64), days)


def _own(debts: Debts, quarter: int, people: int) -> Floats:
    """Log-odds from a person's own debts at the start of a quarter: leverage, lenders, arrears."""
    lenders = np.bincount(np.unique(debts.person * LENDERS + debts.lender) // LENDERS, minlength=people)
    left = np.bincount(debts.person, debts.outstanding[quarter], people)
    used = left / np.bincount(debts.person, debts.principal, people)
    worst = np.zeros(people, np.int64)
    np.maximum.at(worst, debts.person, debts.days_past_due[quarter])
    own: Floats = 0.25 * (lenders - 1.8) + 1.2 * (used - 0.5) + 0.02 * worst
    return own


def _pairs(rng: np.random.Generator, people: int, count: int) -> Ints:
    """Pairs (pulled, other), each once, nobody with themselves."""
    one = np.repeat(np.arange(people), count)
    pairs = np.unique(np.stack([one, rng.integers(0, people, len(one))], axis=1), axis=0)
    apart: Ints = pairs[pairs[:, 0] != pairs[:, 1]]
    return apart


def _both(pairs: Ints) -> Ints:
    return np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)


def _share(pairs: Ints, people: int) -> csr_array:
    """Matrix whose product with a column of flags is the share of each person's neighbours that have it."""
    degree = np.maximum(np.bincount(pairs[:, 0], minlength=people), 1)
    return csr_array((1.0 / degree[pairs[:, 0]], (pairs[:, 0], pairs[:, 1])), shape=(people, people))


def _tables(rng: np.random.Generator, debts: Debts, pairs: list[Ints]) -> dict[str, pa.Table]:
    people = int(debts.person.max()) + 1
    start = AS_OF_US - QUARTERS * QUARTER_US
    loan = np.tile(np.arange(len(debts.person)), QUARTERS + 1)
    quarter = np.repeat(np.arange(QUARTERS + 1), len(debts.person))
    paid = pairs[1]
    friends = np.unique(np.sort(pairs[2], axis=1), axis=0)
    return {
        "people": _table("people", person_id=_names(np.arange(people)), registered_at=np.full(people, start)),
        "loans": _table(
            "loans",
            loan_id=_names(loan, "L"),
            person_id=_names(debts.person[loan]),
            lender_id=_names(debts.lender[loan], "B"),
            principal=debts.principal[loan],
            outstanding=debts.outstanding.reshape(-1),
            opened_at=np.full(len(loan), start),
            days_past_due=debts.days_past_due.reshape(-1),
            observed_at=start + quarter * QUARTER_US,
        ),
        "guarantees": _table("guarantees", guarantor_id=_names(pairs[0][:, 0]), person_id=_names(pairs[0][:, 1])),
        "payments": _table(
            "payments",
            payment_id=_names(np.arange(len(paid)), "P"),
            payer_id=_names(paid[:, 1]),
            payer_kind=np.full(len(paid), "person"),
            payee_id=_names(paid[:, 0]),
            payee_kind=np.full(len(paid), "person"),
            amount=rng.integers(10_000, 500_000, len(paid)),
            at=AS_OF_US - rng.integers(1, 80, len(paid)) * DAY_US,
        ),
        "friendships": _table("friendships", person_id=_names(friends[:, 0]), friend_id=_names(friends[:, 1])),
    }


def _labels(defaulted: Flags, known: Flags) -> pa.Table:
    quarter, person = np.nonzero(known)
    return _table(
        "labels",
        person_id=_names(person),
        label=np.where(defaulted[quarter, person], "default", "clean"),
        at=AS_OF_US - (QUARTERS - 1 - quarter) * QUARTER_US,
    )


def _names(number: Ints, prefix: str = "p") -> np.ndarray:
    return np.char.add(prefix, np.char.zfill(number.astype("U8"), 8))


def _table(name: str, **columns: np.ndarray) -> pa.Table:
    rows = len(next(iter(columns.values())))
    return pa.table(
        {
            column.name: pa.array(columns[column.name]).cast(column.arrow)
            if column.name in columns
            else pa.nulls(rows, column.arrow)
            for column in BY_NAME[name].stored
        }
    )


def _in_yuan(name: str, table: pa.Table) -> pa.Table:
    """The same rows as a user would give them: money in yuan."""
    for place, column in enumerate(BY_NAME[name].stored):
        if column.kind is Kind.MONEY:
            yuan = pc.divide(table.column(place).cast(pa.float64()), 100.0)
            table = table.set_column(place, column.name, yuan)
    return table
