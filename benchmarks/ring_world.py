"""A world as ring benchmarks see it: the snapshot that every method reads, and the truth that judges them all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from scipy.sparse import csr_array

from graphfraud.evaluate import FALSE_SHARE, FLAGGED_SHARE, matched
from graphfraud.features.compute import features
from graphfraud.rings.find import Rings, rings
from graphfraud.rings.lineage import Parents
from graphfraud.schema import LABELS, Entity
from graphfraud.settings import Settings
from graphfraud.snapshot.build import Resources, build
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import links
from graphfraud.snapshot.sharing import Uses, uses
from graphfraud.snapshot.stored import restore, save
from graphfraud.sources.directory import read_directory
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.sources.reading import Known
from graphfraud.store.lake import LakeStore
from graphfraud.worlds import generate

KEY: Final = PseudonymKey(bytes(range(32)))
NOBODY: Final = -1
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Groups:
    """Named groups of people: kind of each, and who is in which (rows are groups)."""

    kinds: npt.NDArray[np.str_]
    incidence: csr_array

    @property
    def sizes(self) -> Ints:
        """Members of each."""
        return np.asarray(self.incidence.sum(axis=1), np.int64)

    @property
    def covered(self) -> npt.NDArray[np.bool_]:
        """People who are in any."""
        return np.asarray(self.incidence.sum(axis=0) > 0)


@dataclass(frozen=True, eq=False)
class World:
    """One world: where its files are, its snapshot, and who was in which ring and honest group."""

    place: Path
    seed: int
    hardness: str
    snapshot: Snapshot
    rings: Groups
    decoys: Groups
    memory: dict[Any, Any] = field(default_factory=dict)
    """What methods keep between two settings of theirs."""

    @cached_property
    def shared(self) -> Uses:
        """Who used which thing."""
        return uses(self.snapshot, window_days=Settings().links.window_days)

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What was made under this key, made the first time it is asked for."""
        if key not in self.memory:
            self.memory[key] = make()
        return self.memory[key]

    @property
    def people(self) -> int:
        """How many people live in it."""
        return self.snapshot.people

    def known(self) -> npt.NDArray[np.bool_]:
        """People known as fraudulent by the as-of."""
        labels = self.snapshot["labels"]
        marks = np.zeros(self.people, bool)
        marks[labels["person_id"][labels["label"] == LABELS.index("fraud")]] = True
        return marks


def night(snapshot: Snapshot, parents: Parents) -> Rings:
    """The ring stage of a night."""
    settings = Settings()
    shared = uses(snapshot, window_days=settings.links.window_days)
    linked = links(snapshot, shared, settings=settings.links)
    passed_on = features(snapshot, shared, linked, settings=settings).column("pass_through_30d").to_numpy()
    return rings(snapshot, shared, linked, passed_on=passed_on, parents=parents, settings=settings)


def made(home: Path, *, people: int, seed: int, hardness: str) -> World:
    """A world in a directory, made where it is not there yet."""
    place = home / f"{hardness}-{people}-{seed}"
    if not (place / "snapshot" / "snapshot.json").exists():
        report = generate(place / "world", people=people, seed=seed, hardness=hardness)
        store = LakeStore(place / "lake")
        with read_directory(place / "world", key=KEY, known=Known.nothing()) as reading:
            store.write(reading)
        as_of = int(report.as_of.timestamp() * 1_000_000)
        save(build(store, head=store.head(), as_of=as_of, labels=True, resources=Resources()), place / "snapshot")
    snapshot = restore(place / "snapshot")
    truth = place / "world" / "truth"
    return World(
        place,
        seed,
        hardness,
        snapshot,
        _groups(snapshot, truth / "truth_rings.parquet", "ring_id"),
        _groups(snapshot, truth / "truth_groups.parquet", "group_id"),
    )


def labelled(people: int, group: Ints) -> csr_array:
    """Who is in which group, from a group number a person; ``NOBODY`` is in none."""
    inside = np.flatnonzero(group != NOBODY)
    _, row = np.unique(group[inside], return_inverse=True)
    shape = (int(row.max(initial=-1)) + 1, people)
    return csr_array((np.ones(len(inside), np.int64), (row, inside)), shape=shape)


@dataclass(frozen=True)
class Figures:
    """How right some reported groups are; see :mod:`graphfraud.evaluate`. ``fresh`` is the recall on unknown rings."""

    reported: int
    precision: float
    recall: float
    f1: float
    fresh: float
    false_rings: int
    decoys: int
    flagged: int
    member_f1: float

    @property
    def flagged_share(self) -> float:
        """Share of honest groups of which half the members are in reported rings."""
        return self.flagged / self.decoys if self.decoys else 0.0


def figures(world: World, reported: csr_array) -> Figures:
    """Compare reported groups with the truth of a world."""
    partner = matched(reported, world.rings.incidence)
    hit = int((partner >= 0).sum())
    sizes = np.asarray(reported.sum(axis=1), np.int64)
    covered = np.asarray(reported.sum(axis=0) > 0)
    member = world.rings.covered
    false = int((reported @ member.astype(np.int64) <= FALSE_SHARE * sizes).sum())
    fresh = world.rings.incidence @ world.known().astype(np.int64) == 0
    flagged = world.decoys.incidence @ covered.astype(np.int64) >= FLAGGED_SHARE * world.decoys.sizes
    precision, recall = _over(hit, len(sizes)), _over(hit, len(world.rings.sizes))
    member_precision, member_recall = (
        _over(int((covered & member).sum()), int(part.sum())) for part in (covered, member)
    )
    return Figures(
        reported=len(sizes),
        precision=precision,
        recall=recall,
        f1=_mean(precision, recall),
        fresh=_over(int(np.isin(np.flatnonzero(fresh), partner).sum()), int(fresh.sum())),
        false_rings=false,
        decoys=len(world.decoys.sizes),
        flagged=int(flagged.sum()),
        member_f1=_mean(member_precision, member_recall),
    )


def _over(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _mean(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def _groups(snapshot: Snapshot, path: Path, name: str) -> Groups:
    rows = pq.read_table(path)
    number = {person: place for place, person in enumerate(snapshot.ids[Entity.PERSON].to_pylist())}
    person = np.array([number[one] for one in rows["person_id"].to_pylist()], np.int64)
    _, first, row = np.unique(rows[name].to_numpy(), return_index=True, return_inverse=True)
    shape = (len(first), snapshot.people)
    incidence = csr_array((np.ones(len(person), np.int64), (row, person)), shape=shape)
    return Groups(np.array(rows["kind"].to_pylist())[first].astype(str), incidence)
