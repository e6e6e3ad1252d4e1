"""Samples of worlds: candidates of rings with their terms, and the truth about each."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from graphfraud.rings.candidates import candidates
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Groups
from graphfraud.rings.judgement import Neighbours, neighbours, proposed
from graphfraud.rings.members import MEMBER
from graphfraud.rings.model import Model
from graphfraud.rings.parts import PARTS
from graphfraud.rings.selection import chosen
from graphfraud.rings.terms import LABEL_TERMS, TERMS, values
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
    """The promising candidates of a world beside one another, and the probability of each to be fraud."""

    sample: Sample
    ring: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    found: Neighbours
    odds: npt.NDArray[np.float64]

    @property
    def of_members(self) -> tuple[npt.NDArray[np.float64], ...]:
        """Columns of the people beside groups that are more than a little fraud; who is of the ring of most; weight."""
        crowd, truth = self.found.crowd, self.sample.truth
        group = self.rows[crowd.group]
        some = truth.fraud[group] > UNCLEAR
        columns = np.stack([np.ones(int(some.sum())), *(crowd.terms[code][some] for code in MEMBER)], axis=1)
        rows = np.bincount(crowd.group, minlength=len(self.rows))[crowd.group[some]]
        belongs = self.ring[crowd.person[some]] == truth.ring[group[some]]
        return columns, belongs, self.sample.weight[group[some]] / np.sqrt(rows)

    @property
    def of_pairs(self) -> tuple[npt.NDArray[np.float64], ...]:
        """Columns of the pairs whose part is mostly of one ring; the share of the rest that is of the same; weight."""
        split, truth = self.found.split, self.sample.truth
        part, whole = self.rows[split.part], self.rows[split.whole]
        inside = truth.common[part]
        rest = np.maximum(self.sample.groups.size[whole] - self.sample.groups.size[part], 1)
        same = self._of_ring(split.whole, truth.ring[part]) - inside
        some = inside >= FRAUD * self.sample.groups.size[part]
        columns = np.stack([np.ones(len(part)), *(split.terms[code] for code in PARTS)], axis=1)
        weight = 1.0 / np.maximum(np.bincount(split.whole, minlength=len(self.rows)), 1)[split.whole]
        return columns[some], np.clip(same / rest, 0.0, 1.0)[some], np.sqrt(weight)[some]

    def _of_ring(self, whole: npt.NDArray[np.int64], ring: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Members of each whole who are in the ring beside."""
        groups, rings = self.found.groups, int(self.ring.max()) + 1
        true = self.ring[groups.person]
        key, count = np.unique(groups.number[true >= 0] * rings + true[true >= 0], return_counts=True)
        wanted = whole * rings + ring
        place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        return np.where(key[place] == wanted, count[place], 0)

    def of_fraud(self, one: Whole) -> tuple[npt.NDArray[np.float64], ...]:
        """Columns, Jaccard index and weight of those that are more than a little fraud."""
        truth, terms = self.sample.truth, self.found.terms(one)
        some = truth.fraud[self.rows] > UNCLEAR
        columns = np.stack([np.ones(len(self.rows)), *(terms[code] for code in WHOLE)], axis=1)
        return columns[some], truth.jaccard[self.rows][some], self.sample.weight[self.rows][some] / 2.0

    def chosen(self, one: Whole) -> tuple[npt.NDArray[np.float64], ...]:
        """Log-odds of what both models say of the candidates that would be chosen, whether they are rings, weight."""
        both = self.odds * one.share(self.found.terms(one))
        taken = chosen(self.found.groups, both, np.ones(len(both), bool))
        columns = np.stack([np.ones(len(taken)), logit(both[taken])], axis=1)
        return columns, self.sample.truth.jaccard[self.rows[taken]] >= 0.5, np.ones(len(taken))


@dataclass(frozen=True, eq=False)
class World:
    """A snapshot, the true ring of each person, or -1, and the kind of each ring."""

    ground: Ground
    ring: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.object_]

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
            seen = {code: value[rows] for code, value in found.items()}
            parts.append(
                Beside(
                    sample,
                    self.ring,
                    rows,
                    neighbours(self.ground, sample.groups.take(rows), odds[rows], seen),
                    odds[rows],
                )
            )
        return parts


def against(ring: npt.NDArray[np.int64], groups: Groups) -> Truth:
    """The truth about each group."""
    size = np.bincount(ring[ring >= 0])
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
    shared = uses(snapshot, window_days=settings.links.window_days)
    ground = Ground(snapshot, shared, links(snapshot, shared, settings=settings.links), settings)
    return World(ground, *_truth(snapshot, data / "truth" / "truth_rings.parquet"))


def _truth(snapshot: Snapshot, path: Path) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    rows = pq.read_table(path)
    number = {person: place for place, person in enumerate(snapshot.ids[Entity.PERSON].to_pylist())}
    _, first, ring = np.unique(rows["ring_id"].to_numpy(), return_index=True, return_inverse=True)
    answer = np.full(snapshot.people, -1, np.int64)
    answer[[number[person] for person in rows["person_id"].to_pylist()]] = ring
    return answer, np.array(rows["kind"].to_pylist(), dtype=object)[first]
