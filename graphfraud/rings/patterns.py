"""Patterns: shapes of payments judged by themselves, so that a ring without one shared thing is found.

Every shape has its own weights over the traits (``patterns.toml``, learned by ``benchmarks/fit_payments.py``),
because a burst that is strange for a chain is a Tuesday for a club. Who is in a better pattern with most of
the same people, or in a ring that other evidence found, is not reported twice; a person may be in two
patterns, as a mule who serves two masters is.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from graphfraud.errors import CardError
from graphfraud.rings import bicliques, cycles, fans, relays, sums
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Flags, Floats, Groups, Rows
from graphfraud.rings.ledger import Ledger, ledger
from graphfraud.rings.shapes import SHAPES, Shapes, distinct, pairs, together
from graphfraud.rings.traits import INNOCENT, TRAITS, traits
from graphfraud.settings import Settings
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.sharing import Uses

WEIGHTS: Final = Path(__file__).with_name("patterns.toml")
ODD: Final = 0.4
"""A sum this rare in roundness or size (one in forty) is no everyday one."""
COVERED: Final = 0.5
"""Of two that share more than this of the smaller, only the better one is reported."""
LEAST: Final = {"repeated": 2}
"""Structured deposits need but two people; every other shape ``rings.min_size``."""
PRICED: Final = 0.75
SIZE_POWER: Final = 0.1


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


@dataclass(frozen=True)
class Weights:
    """Log-odds of each shape: the intercept, then one weight a trait."""

    shapes: Mapping[str, npt.NDArray[np.float64]]

    def score(self, shape: npt.NDArray[np.int8], found: Floats) -> Floats:
        """Probability of each shape to be a ring's."""
        table = np.stack([self.shapes[name] for name in SHAPES])[shape]
        return np.asarray(1.0 / (1.0 + np.exp(-(table[:, 0] + (table[:, 1:] * found).sum(axis=1)))))


@cache
def weights() -> Weights:
    """The weights that ship with the package.

    Raises:
        CardError: a shape or trait has no weight, or one of the wrong sign.
    """
    content = tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))
    return checked(content)


def checked(content: Mapping[str, Mapping[str, float]]) -> Weights:
    """Weights from a parsed file, unless one is missing or contradicts what its trait means."""
    names = ("intercept", *TRAITS)
    wrong = [
        f"{shape}.{name}"
        for shape in SHAPES
        for name in names
        if name not in content.get(shape, {})
        or (name != "intercept" and content[shape][name] * (-1 if name in INNOCENT else 1) < 0)
    ]
    if wrong:
        raise CardError(
            f"weights missing or of the wrong sign: {', '.join(wrong)}",
            where=str(WEIGHTS),
            cure="write the file anew with benchmarks/fit_payments.py",
        )
    return Weights({shape: np.array([content[shape][name] for name in names]) for shape in SHAPES})


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
    """Fans into an account that only hands the money on: who pays a mule is a victim, and no ring of victims."""
    last = np.full(book.accounts, np.iinfo(np.int64).min)
    row = np.flatnonzero(through)
    np.maximum.at(last, book.source[row], book.at[row])
    began = book.at[shapes.row[shapes.start[:-1]]]
    return np.asarray((shapes.shape == SHAPES.index("fan_in")) & (last[shapes.centre] > began))


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


def patterns(ground: Ground, known: Groups, explained: Callable[[Groups], Floats]) -> Patterns:
    """The patterns of a good score, each once, without those that ``known`` rings cover.

    It is ``rings.pattern_score`` where payments name accounts, else ``rings.dealings_score``: a person's dealings are
    many, an account's few, so that much less is strange about a person.
    ``explained`` gives the log-odds that innocent explanations take away from a group; none is above 0.
    """
    every = proposed(ground.snapshot, ground.shared, ground.settings)
    limits = ground.settings.rings
    least = limits.pattern_score if every.ledger.named else limits.dealings_score
    bare = weights().score(every.shapes.shape, every.traits)
    good = every.scored(bare).take(np.flatnonzero(bare >= least))
    score = expit(logit(good.score) + explained(good.groups))
    good = good.scored(score).take(np.flatnonzero(score >= least))
    return good.take(uncovered(good.groups, good.score, known))


def uncovered(groups: Groups, score: Floats, known: Groups) -> Rows:
    """Places of the groups that no better group and no known one covers, by falling ``score * size ** SIZE_POWER``."""
    key = np.round(score * groups.size**SIZE_POWER, 9)
    order = np.lexsort((np.arange(len(groups)), -groups.size, -key))
    holders: dict[int, list[int]] = {}
    sizes = known.size.tolist()
    for number, person in zip(known.number.tolist(), known.person.tolist(), strict=True):
        holders.setdefault(person, []).append(number)
    chosen = []
    for place in order.tolist():
        members = groups.person[groups.start[place] : groups.start[place + 1]].tolist()
        common: dict[int, int] = {}
        for person in members:
            for number in holders.get(person, ()):
                common[number] = common.get(number, 0) + 1
        if any(count > COVERED * min(len(members), sizes[number]) for number, count in common.items()):
            continue
        for person in members:
            holders.setdefault(person, []).append(len(sizes))
        sizes.append(len(members))
        chosen.append(place)
    return np.array(sorted(chosen), np.int64)


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
