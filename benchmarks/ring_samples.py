"""Samples of worlds: candidates of rings with their terms, and the truth about each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from ring_null import rewired

from graphfraud.rings.candidates import candidates
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Groups
from graphfraud.rings.judgement import CONTENDS, Neighbours, neighbours, proposed
from graphfraud.rings.members import MEMBER
from graphfraud.rings.model import Model
from graphfraud.rings.parts import PARTS
from graphfraud.rings.selection import chosen
from graphfraud.rings.terms import LABEL_TERMS, TERMS, values
from graphfraud.rings.verdict import VERDICT, seen
from graphfraud.rings.whole import WHOLE, Whole, logit
from graphfraud.schema import Entity
from graphfraud.settings import Settings
from graphfraud.snapshot.build import Resources, build
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import links
from graphfraud.snapshot.sharing import uses
from graphfraud.snapshot.stored import restore, save
from graphfraud.sources.directory import read_directory
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.sources.reading import Known
from graphfraud.store.lake import LakeStore
from graphfraud.worlds.generate import AS_OF, generate

KEY: Final = PseudonymKey(bytes(range(32)))
FRAUD: Final = 0.7
"""A group is fraud when so many of its members are in rings."""
UNCLEAR: Final = 0.3
"""A group with more is no longer honest."""
ROUNDS: Final = (1.0, 0.5, 0.25)
"""Weight of a winner, of one that would win without the first, and so on."""


@dataclass(frozen=True, eq=False)
class Truth:
    """Of each group: best Jaccard index with a true ring, share of members in rings, the ring of most, how many."""

    jaccard: npt.NDArray[np.float64]
    fraud: npt.NDArray[np.float64]
    ring: npt.NDArray[np.int64]
    common: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sample:
    """Candidates of one world: groups, terms (rows x terms) and the truth about each."""

    groups: Groups
    terms: npt.NDArray[np.float64]
    truth: Truth

    @property
    def weight(self) -> npt.NDArray[np.float64]:
        """Groups that name the same people share their weight."""
        times = np.bincount(self.groups.person, minlength=self.groups.people)
        return np.sqrt(self.groups.mean(1.0 / np.maximum(times, 1)))

    def seen(self, *, blind: bool) -> npt.NDArray[np.float64]:
        """The terms, with those that rest on labels or without."""
        shown = np.array([not (blind and term.code in LABEL_TERMS) for term in TERMS])
        return self.terms * shown


@dataclass(frozen=True, eq=False)
class Beside:
    """The promising candidates of a world beside one another, what is seen of each, its probability to be fraud."""

    sample: Sample
    ring: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    found: Neighbours
    terms: Mapping[str, npt.NDArray[np.float64]]
    odds: npt.NDArray[np.float64]

    def of_members(self, every: int) -> tuple[npt.NDArray[np.float64], ...]:
        """Columns of the people beside groups that are more than a little fraud; who is of the ring of most; weight.

        One person beside a group in so many stands for all.
        """
        crowd, truth = self.found.crowd, self.sample.truth
        group = self.rows[crowd.group]
        some = np.flatnonzero(truth.fraud[group] > UNCLEAR)
        some = some[np.random.default_rng(0).random(len(some)) * every < 1.0]
        columns = np.stack([crowd.terms[code][some] for code in MEMBER], axis=1)
        rows = np.bincount(crowd.group, minlength=len(self.rows))[crowd.group[some]]
        belongs = self.ring[crowd.person[some]] == truth.ring[group[some]]
        return columns, belongs, self.sample.weight[group[some]] / np.sqrt(rows)

    def of_pairs(self, every: int) -> tuple[npt.NDArray[np.float64], ...]:
        """Columns of the pairs whose part is mostly of one ring, once for the share of the rest of it, once for what is not.

        One pair in so many stands for all.
        """
        split, truth = self.found.split, self.sample.truth
        part, whole = self.rows[split.part], self.rows[split.whole]
        inside = truth.common[part]
        rest = np.maximum(self.sample.groups.size[whole] - self.sample.groups.size[part], 1)
        share = np.clip((self._of_ring(split.whole, truth.ring[part]) - inside) / rest, 0.0, 1.0)
        some = np.flatnonzero(inside >= FRAUD * self.sample.groups.size[part])
        some = some[np.random.default_rng(0).random(len(some)) * every < 1.0]
        columns = np.stack([split.terms[code][some] for code in PARTS], axis=1)
        times = np.maximum(np.bincount(split.whole, minlength=len(self.rows)), 1)[split.whole[some]]
        parts = [(share[some], True), (1.0 - share[some], False)]
        kept = [np.flatnonzero(weight > 0) for weight, _ in parts]
        return (
            np.concatenate([columns[rows] for rows in kept]),
            np.concatenate([np.full(len(rows), same) for rows, (_, same) in zip(kept, parts, strict=True)]),
            np.concatenate([(w / np.sqrt(times))[rows] for rows, (w, _) in zip(kept, parts, strict=True)]),
        )

    def weighed(self, one: Whole) -> "Weighed":
        """The same with what the trees of wholeness say, and without what they were asked."""
        truth = self.sample.truth
        return Weighed(
            groups=self.found.groups,
            odds=self.odds,
            terms=self.terms,
            beside=self.found.terms(one),
            fraud=truth.fraud[self.rows],
            jaccard=truth.jaccard[self.rows],
            weight=self.sample.weight[self.rows],
        )

    def _of_ring(self, whole: npt.NDArray[np.int64], ring: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Members of each whole who are in the ring beside."""
        groups, rings = self.found.groups, int(self.ring.max()) + 1
        true = self.ring[groups.person]
        key, count = np.unique(groups.number[true >= 0] * rings + true[true >= 0], return_counts=True)
        wanted = whole * rings + ring
        place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        return np.where(key[place] == wanted, count[place], 0)


@dataclass(frozen=True, eq=False)
class Weighed:
    """Promising candidates, their probability to be fraud, their terms and those of wholeness, and the truth."""

    groups: Groups
    odds: npt.NDArray[np.float64]
    terms: Mapping[str, npt.NDArray[np.float64]]
    beside: Mapping[str, npt.NDArray[np.float64]]
    fraud: npt.NDArray[np.float64]
    jaccard: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]

    @property
    def of_fraud(self) -> tuple[npt.NDArray[np.float64], ...]:
        """Columns, Jaccard index and weight of those that are more than a little fraud."""
        some = self.fraud > UNCLEAR
        columns = np.stack([np.ones(len(self.odds)), *(self.beside[code] for code in WHOLE)], axis=1)
        return columns[some], self.jaccard[some], self.weight[some] / 2.0

    def chosen(self, one: Whole) -> tuple[npt.NDArray[np.float64], ...]:
        """Log-odds of what both models say of the candidates that would be chosen, whether they are rings, weight."""
        both = self.odds * one.share(self.beside)
        taken = chosen(self.groups, both, np.ones(len(both), bool))
        columns = np.stack([np.ones(len(taken)), logit(both[taken])], axis=1)
        return columns, self.jaccard[taken] >= 0.5, np.ones(len(taken))

    def winners(self, one: Whole) -> list[tuple[npt.NDArray[np.float64], ...]]:
        """What the verdict is given of the candidates that win, whether they are rings, weight.

        Then of those that would win without these, and so on: who wins is not known before the verdict.
        """
        share = one.share(self.beside)
        rank = one.score(self.odds, share)
        columns = seen(self.groups, self.odds, share, self.beside, self.terms)
        left, parts = rank >= CONTENDS, []
        for weight in ROUNDS:
            won = chosen(self.groups, rank, left)
            left[won] = False
            stacked = np.stack([columns[code][won] for code in VERDICT], axis=1)
            parts.append((stacked, self.jaccard[won] >= 0.5, np.full(len(won), weight)))
        return parts


@dataclass(frozen=True, eq=False)
class World:
    """A snapshot, the true ring of each person, or -1, and the kind of each ring."""

    ground: Ground
    ring: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.object_]

    def rewired(self, seed: int) -> "World":
        """The same people and things with every tie drawn anew: whatever is found there is none."""
        snapshot = rewired(self.ground.snapshot, seed=seed)
        return World(ground_of(snapshot, self.ground.settings), np.full(snapshot.people, -1), self.kinds[:0])

    def sample(self, settings: Settings, model: Model | None) -> Sample:
        """Candidates, with a model also what it proposes to put together."""
        if model is None:
            groups = candidates(self.ground, settings=settings)
            found = values(self.ground, groups)
        else:
            groups, found, _ = proposed(self.ground, model, settings=settings, refit=False)
        terms = np.stack([found[term.code] for term in TERMS], axis=1)
        return Sample(groups, terms, against(self.ring, groups))

    def beside(self, sample: Sample, model: Model, settings: Settings) -> list[Beside]:
        """The promising candidates and their terms of wholeness; labels seen, then not."""
        parts = []
        for blind in (False, True):
            found = dict(zip((term.code for term in TERMS), sample.seen(blind=blind).T, strict=True))
            odds = model.score(found)
            rows = np.flatnonzero(odds >= settings.rings.piece_score)
            shown = {code: value[rows] for code, value in found.items()}
            near = neighbours(self.ground, sample.groups.take(rows), odds[rows], shown)
            parts.append(Beside(sample, self.ring, rows, near, shown, odds[rows]))
        return parts


def against(ring: npt.NDArray[np.int64], groups: Groups) -> Truth:
    """The truth about each group."""
    size = np.bincount(ring[ring >= 0], minlength=1)
    true = ring[groups.person]
    inside = true >= 0
    key, common = np.unique(groups.number[inside] * len(size) + true[inside], return_counts=True)
    group, other = key // len(size), key % len(size)
    jaccard, fraud = np.zeros(len(groups)), np.zeros(len(groups))
    index = common / (groups.size[group] + size[other] - common)
    np.maximum.at(jaccard, group, index)
    np.add.at(fraud, group, common / groups.size[group])
    most = np.full(len(groups), -1)
    order = np.argsort(common, kind="stable")
    most[group[order]] = other[order]
    shared = np.zeros(len(groups), np.int64)
    np.maximum.at(shared, group, common)
    return Truth(jaccard, fraud, most, shared)


def own_world(place: Path, people: int, seed: int, hardness: str, settings: Settings) -> World:
    """A world of this project's generator, made where it is not there yet."""
    if not (place / "world" / "truth").exists():
        generate(place / "world", people=people, seed=seed, hardness=hardness)
    return other_world(place, place / "world", AS_OF, settings)


def other_world(place: Path, data: Path, as_of: datetime, settings: Settings) -> World:
    """A directory of tables and their truth, its snapshot kept at ``place``."""
    if not (place / "snapshot" / "snapshot.json").exists():
        store = LakeStore(place / "lake")
        with read_directory(data, key=KEY, known=Known.nothing()) as reading:
            store.write(reading)
        moment = int(as_of.timestamp() * 1_000_000)
        save(build(store, head=store.head(), as_of=moment, labels=True, resources=Resources()), place / "snapshot")
    snapshot = restore(place / "snapshot")
    truth = _truth(snapshot, data / "truth" / "truth_rings.parquet")
    return World(ground_of(snapshot, settings), *truth)


def ground_of(snapshot: Snapshot, settings: Settings) -> Ground:
    """The ground of a snapshot."""
    shared = uses(snapshot, window_days=settings.links.window_days)
    return Ground(snapshot, shared, links(snapshot, shared, settings=settings.links), settings)


def _truth(snapshot: Snapshot, path: Path) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    rows = pq.read_table(path)
    number = {person: place for place, person in enumerate(snapshot.ids[Entity.PERSON].to_pylist())}
    _, first, ring = np.unique(rows["ring_id"].to_numpy(), return_index=True, return_inverse=True)
    answer = np.full(snapshot.people, -1, np.int64)
    answer[[number[person] for person in rows["person_id"].to_pylist()]] = ring
    return answer, np.array(rows["kind"].to_pylist(), dtype=object)[first]
