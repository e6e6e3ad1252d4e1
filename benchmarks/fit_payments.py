"""Learn what makes a shape of payments a ring's and write graphfraud/rings/patterns.csv.

Reads imported or generated data with a truth beside them. A shape counts as a ring's when its people and
a true ring's have a Jaccard index of one half; where the truth knows accounts but no rings (AMLSim), when
four in five of its people are fraudulent. Boosted trees over the traits and the shape, signs constrained; every
data set weighs the same, and a part of the shapes that are clearly no ring's stands for all of them.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from pyarrow import csv
from ring_learning import trees_of
from sklearn.ensemble import HistGradientBoostingClassifier

from graphfraud.rings.groups import Groups
from graphfraud.rings.patterns import COLUMNS, LEARNED, columns, proposed
from graphfraud.rings.shapes import SHAPES
from graphfraud.rings.traits import INNOCENT
from graphfraud.rings.trees import Trees
from graphfraud.schema import Entity
from graphfraud.settings import Settings
from graphfraud.snapshot.build import Resources, build
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.sharing import uses
from graphfraud.snapshot.stored import restore, save
from graphfraud.sources.directory import read_directory
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.sources.reading import Known
from graphfraud.store.lake import LakeStore

KEY: Final = PseudonymKey(bytes(range(32)))
BOOSTED: Final[dict[str, Any]] = {
    "max_iter": 1000,
    "learning_rate": 0.06,
    "max_leaf_nodes": 31,
    "min_samples_leaf": 15,
    "l2_regularization": 5.0,
    "max_features": 0.5,
    "early_stopping": False,
}
"""How the trees grow."""
FIRST: Final[dict[str, Any]] = {"max_iter": 30, "learning_rate": 0.2, "max_leaf_nodes": 8, "early_stopping": False}
"""How those grow that say which shapes are clearly no ring's."""
FIRST_PART, CLEARLY, CLEAR_PART = 0.1, 0.01, 0.05
"""They see this part of the shapes that are no ring's; of those less likely than this, such a part stands for all."""
PURE, MIXED_WEIGHT = 0.8, 0.2
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """Shapes of one data set: traits, kind, whether they are a ring's, what they weigh."""

    traits: Floats
    shape: npt.NDArray[np.int8]
    wanted: Floats
    weight: Floats


def snapshot_of(data: Path, work: Path) -> Snapshot:
    """The snapshot of a directory of contract tables, kept in ``work``."""
    if not (work / "snapshot" / "snapshot.json").exists():
        work.mkdir(parents=True, exist_ok=True)
        store = LakeStore(work / "lake")
        with read_directory(data, key=KEY, known=Known.nothing()) as reading:
            store.write(reading)
        as_of = datetime.fromisoformat((data / "as_of.txt").read_text().strip())
        made = build(
            store,
            head=store.head(),
            as_of=int(as_of.timestamp() * 1_000_000),
            labels=False,
            resources=Resources(),
        )
        save(made, work / "snapshot")
    return restore(work / "snapshot")


def sample(data: Path, work: Path, settings: Settings) -> Sample:
    """Every shape of a data set against its truth."""
    snapshot = snapshot_of(data, work)
    found = proposed(snapshot, uses(snapshot, window_days=settings.links.window_days), settings)
    number = {person: place for place, person in enumerate(snapshot.ids[Entity.PERSON].to_pylist())}
    if (data / "truth" / "truth_rings.parquet").exists():
        best = nearest(found.groups, true_rings(data, number))
        wanted, weight = best >= 0.5, np.ones(len(best))
    else:
        rows = pq.read_table(data / "truth" / "truth_accounts.parquet").to_pylist()
        marks = np.zeros(snapshot.people)
        marks[[number[row["person_id"]] for row in rows if row["is_fraud"]]] = 1.0
        pure = found.groups.mean(marks)
        wanted, weight = pure >= PURE, np.where((pure < PURE) & (pure >= 0.5), MIXED_WEIGHT, 1.0)
    return Sample(found.traits, found.shapes.shape, wanted.astype(np.float64), weight)


def true_rings(data: Path, number: dict[str, int]) -> list[set[int]]:
    """The members of each true ring."""
    rings: dict[str, set[int]] = {}
    for row in pq.read_table(data / "truth" / "truth_rings.parquet").to_pylist():
        rings.setdefault(row["ring_id"], set()).add(number[row["person_id"]])
    return list(rings.values())


def nearest(groups: Groups, rings: Sequence[set[int]]) -> Floats:
    """Best Jaccard index of each group with a true ring; rings may have people in common."""
    holders: dict[int, list[int]] = {}
    for place, ring in enumerate(rings):
        for person in ring:
            holders.setdefault(person, []).append(place)
    best = np.zeros(len(groups))
    for group in range(len(groups)):
        common: dict[int, int] = {}
        members = groups.person[groups.start[group] : groups.start[group + 1]].tolist()
        for person in members:
            for ring in holders.get(person, ()):
                common[ring] = common.get(ring, 0) + 1
        for ring, count in common.items():
            best[group] = max(best[group], count / (len(members) + len(rings[ring]) - count))
    return best


def fitted(samples: Sequence[Sample]) -> Trees:
    """Trees that never fall with a trait, nor rise with an innocent one; every data set weighs the same."""
    mean = sum(len(one.shape) for one in samples) / len(samples)
    given = np.concatenate([np.stack(list(columns(one.shape, one.traits).values()), axis=1) for one in samples])
    wanted = np.concatenate([one.wanted for one in samples])
    weight = np.concatenate([one.weight * mean / len(one.shape) for one in samples])
    draw = np.random.default_rng(0).random(len(wanted))
    clearly = (wanted == 0) & (_first(given, wanted, weight, draw) < CLEARLY)
    kept = ~clearly | (draw < CLEAR_PART)
    weight = weight * np.where(clearly, 1.0 / CLEAR_PART, 1.0)
    learner = HistGradientBoostingClassifier(
        monotonic_cst=[rising(name) for name in COLUMNS], random_state=0, **BOOSTED
    )
    learner.fit(given[kept], wanted[kept], sample_weight=weight[kept])
    return trees_of(learner, COLUMNS)


def _first(given: Floats, wanted: Floats, weight: Floats, draw: Floats) -> Floats:
    """What few trees, learned from all rings and a part of the rest, say of every row."""
    some = (wanted == 1) | (draw < FIRST_PART)
    whole = weight * np.where(wanted == 1, 1.0, 1.0 / FIRST_PART)
    learner = HistGradientBoostingClassifier(random_state=0, **FIRST)
    learner.fit(given[some], wanted[some], sample_weight=whole[some])
    return np.asarray(learner.predict_proba(given)[:, 1])


def rising(name: str) -> int:
    """Whether the trees may only rise (1) or fall (-1) with a column; of the kind of shape and ledger both (0)."""
    if name in SHAPES or name == "named":
        return 0
    return -1 if name in INNOCENT else 1


def main() -> None:
    """Read every data set, learn, write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="+", help="directories written by import or generate")
    parser.add_argument("--work", type=Path, required=True, help="where snapshots are kept")
    parser.add_argument("--output", type=Path, default=LEARNED)
    given = parser.parse_args()
    settings, samples = Settings(), []
    for data in given.data:
        samples.append(sample(data, given.work / data.resolve().parent.name, settings))
        print(f"{data}: {len(samples[-1].shape)} shapes, {int(samples[-1].wanted.sum())} of them rings", flush=True)
    csv.write_csv(fitted(samples).table(), given.output, csv.WriteOptions(quoting_style="none"))
    print(f"{given.output}: {sum(len(one.shape) for one in samples)} shapes of {len(samples)} data sets")


if __name__ == "__main__":
    main()
