"""Patterns: shapes of payments judged by themselves, so that a ring without one shared thing is found.

Boosted trees over the traits and the shape (``patterns.csv``, learned by ``benchmarks/fit_payments.py``) say how
surely, because a burst that is strange for a chain is a Tuesday for a club. A person may be in two patterns, as
a mule who serves two masters is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from graphfraud.errors import CardError
from graphfraud.rings import bicliques, cycles, fans, relays, sums
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Flags, Floats, Groups, Rows, spans
from graphfraud.rings.ledger import Ledger, Side, ledger
from graphfraud.rings.shapes import SHAPES, Shapes, distinct, pairs, together
from graphfraud.rings.traits import TRAITS, traits
from graphfraud.rings.trees import Trees, read_trees
from graphfraud.settings import DAY_US, Settings
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.sharing import Uses

LEARNED: Final = Path(__file__).with_name("patterns.csv")
COLUMNS: Final = (*TRAITS, *SHAPES)
"""What the trees are given, in a fixed order."""
ODD: Final = 0.4
"""A sum this rare in roundness or size (one in forty) is no everyday one."""
LEAST: Final = {"repeated": 2}
"""Structured deposits need but two people; every other shape ``rings.min_size``."""
PRICED: Final = 0.75
HANDED_ON: Final = 0.5


@dataclass(frozen=True, eq=False)
class Patterns:
    """Shapes with the people in them (groups in the same order), their traits and their scores."""

    ledger: Ledger
    shapes: Shapes
    groups: Groups
    traits: Floats
    score: Floats

    @classmethod
    def none(cls, snapshot: Snapshot) -> "Patterns":
        """No pattern at all."""
        return cls(
            ledger(snapshot), Shapes.none(), Groups.none(snapshot.people), np.zeros((0, len(TRAITS))), np.zeros(0)
        )

    def scored(self, score: Floats) -> "Patterns":
        """The same patterns with their scores."""
        return replace(self, score=score)

    def take(self, chosen: Rows) -> "Patterns":
        """The chosen patterns, in that order."""
        return Patterns(
            self.ledger,
            self.shapes.take(chosen),
            self.groups.take(chosen),
            self.traits[chosen],
            self.score[chosen],
        )


@cache
def learned() -> Trees:
    """The trees that ship with the package; their sum is the log-odds of a shape to be a ring's.

    They never fall with a trait, nor rise with an innocent one.

    Raises:
        CardError: the file names a trait or shape that does not exist.
    """
    return read_learned(LEARNED)


def read_learned(path: Path) -> Trees:
    """The trees of a file written by ``benchmarks/fit_payments.py``.

    Raises:
        CardError: the file names a trait or shape that does not exist.
    """
    try:
        return read_trees(COLUMNS, path)
    except KeyError as unknown:
        raise CardError(
            f"trait or shape unknown: {unknown.args[0]}",
            where=str(path),
            cure="write the file anew with benchmarks/fit_payments.py",
        ) from unknown


def columns(shape: npt.NDArray[np.int8], found: Floats) -> dict[str, Floats]:
    """What the trees are given: the traits, then for each shape whether it is that one."""
    named = np.arange(len(SHAPES)) == shape[:, None]
    return dict(zip(COLUMNS, np.hstack([found, named]).T, strict=True))


def proposed(snapshot: Snapshot, shared: Uses, settings: Settings) -> Patterns:
    """Every shape of the payments of 2 to ``rings.max_size`` people, with its traits, not judged yet."""
    book = ledger(snapshot)
    limit = settings.links.hub_limit
    through = relays.passed(book)
    came, went = relays.relayed(book)
    strange = odd(book)
    found = distinct(
        together(
            [
                fans.fans(book, strange),
                bicliques.clusters(book, strange),
                bicliques.brisk(book),
                fans.collectors(book, through),
                fans.fronts(book, shared, limit),
                relays.scattered(book, came, went),
                relays.chains(book, came, went),
                cycles.cycles(book),
                bicliques.bicliques(book),
                sums.sums(book),
            ]
        )
    )
    groups = people(book, found)
    least = np.array([LEAST.get(name, settings.rings.min_size) for name in SHAPES])[found.shape]
    fits = (groups.size >= least) & (groups.size <= settings.rings.max_size)
    chosen = np.flatnonzero(fits & ~victims(book, found, through) & ~priced(book, found))
    found, groups = found.take(chosen), groups.take(chosen)
    seen = traits(book, found, passed=through.astype(np.float64), shared=shared, hub_limit=limit)
    return Patterns(book, found, groups, seen, np.zeros(len(found)))


def victims(book: Ledger, shapes: Shapes, through: Flags) -> Flags:
    """Fans into an account that hands the money on: who pays a mule is a victim, and no ring of victims.

    A payment that happens to be like a few receipts is no sign of it: soon after, at least :data:`HANDED_ON` of what
    came has gone on.
    """
    row = np.flatnonzero(through)
    index = Side.of(book.source[row], book.accounts)
    fan = np.flatnonzero(shapes.shape == SHAPES.index("fan_in"))
    centre = shapes.centre[fan]
    many = index.start[centre + 1] - index.start[centre]
    number, passing = np.repeat(fan, many), row[index.row[spans(index.start[centre], many)]]
    began, ended = book.at[shapes.row[shapes.start[:-1]]], book.at[shapes.row[shapes.start[1:] - 1]]
    soon = (book.at[passing] > began[number]) & (book.at[passing] <= ended[number] + relays.PASS_DAYS * DAY_US)
    gone = np.bincount(number[soon], weights=book.fen[passing[soon]], minlength=len(shapes))
    came = np.bincount(shapes.number, weights=book.fen[shapes.row], minlength=len(shapes))
    return np.asarray((shapes.shape == SHAPES.index("fan_in")) & (gone >= HANDED_ON * came))


def priced(book: Ledger, shapes: Shapes) -> Flags:
    """Fans whose payers nearly all pay once and the very same sum: it is a price, and they are customers."""
    payers = np.bincount(pairs(shapes.number, book.source[shapes.row])[0], minlength=len(shapes))
    key = shapes.number * (int(book.fen.max(initial=0)) + 1) + book.fen[shapes.row]
    sums, times = np.unique(key, return_counts=True)
    most = np.zeros(len(shapes), np.int64)
    np.maximum.at(most, sums // (int(book.fen.max(initial=0)) + 1), times)
    fan = shapes.shape == SHAPES.index("fan_in")
    return np.asarray(fan & (most >= PRICED * shapes.size) & (payers >= PRICED * shapes.size))


def odd(book: Ledger) -> Flags:
    """Transfers that are no everyday ones: a rare sum, or an account that does hardly anything else."""
    rare = np.maximum(np.maximum(book.roundness, book.large), book.small) >= ODD
    return np.asarray(book.idle[book.source] | book.idle[book.target] | rare)


def people(book: Ledger, shapes: Shapes) -> Groups:
    """The owners of the accounts in each shape, in the same order."""
    number, account = shapes.accounts(book)
    key = np.unique(number * max(book.people, 1) + book.owner[account])
    size = np.bincount(key // max(book.people, 1), minlength=len(shapes))
    bounds = np.r_[0, np.cumsum(size)].astype(np.int64)
    return Groups(book.people, bounds, (key % max(book.people, 1)).astype(np.int32), np.zeros(len(shapes), np.int8))


def patterns(ground: Ground, explained: Callable[[Groups], Floats]) -> Patterns:
    """The patterns of a good score; several may name the same people (:mod:`graphfraud.rings.contest`).

    It is ``rings.pattern_score`` where payments name accounts, else ``rings.dealings_score``: a person's dealings are
    many, an account's few, so that much less is strange about a person.
    ``explained`` gives the log-odds that innocent explanations take away from a group; none is above 0.
    """
    every = proposed(ground.snapshot, ground.shared, ground.settings)
    limits = ground.settings.rings
    least = limits.pattern_score if every.ledger.named else limits.dealings_score
    odds = learned().total(columns(every.shapes.shape, every.traits))
    promising = np.flatnonzero(expit(odds) >= least)
    good = every.take(promising)
    score = expit(odds[promising] + explained(good.groups))
    return good.scored(score).take(np.flatnonzero(score >= least))


def layers(groups: Groups) -> Rows:
    """A number for each group so that nobody is in two groups of one number, the smallest that fits in order."""
    taken: dict[int, set[int]] = {}
    answer = np.zeros(len(groups), np.int64)
    for place in range(len(groups)):
        members = groups.person[groups.start[place] : groups.start[place + 1]].tolist()
        used = set().union(*(taken.get(person, set()) for person in members))
        answer[place] = next(number for number in range(len(used) + 1) if number not in used)
        for person in members:
            taken.setdefault(person, set()).add(int(answer[place]))
    return answer
