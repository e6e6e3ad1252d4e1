"""Learn what makes a shape of payments a ring's and write graphfraud/rings/patterns.toml.

Reads imported or generated data with a truth beside them. A shape counts as a ring's when its people and
a true ring's have a Jaccard index of one half; where the truth knows accounts but no rings (AMLSim), when
four in five of its people are fraudulent. Penalised logistic regression (L-BFGS), one model a shape,
signs constrained; near misses weigh little.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from scipy.optimize import minimize

from graphfraud.rings.groups import Groups
from graphfraud.rings.patterns import WEIGHTS, proposed
from graphfraud.rings.shapes import SHAPES
from graphfraud.rings.traits import INNOCENT, TRAITS
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
PENALTY: Final = 0.5
NEAR, NEAR_WEIGHT = 0.3, 0.2
PURE: Final = 0.8
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
        wanted = best >= 0.5
        weight = np.where(~wanted & (best >= NEAR), NEAR_WEIGHT, 1.0)
    else:
        rows = pq.read_table(data / "truth" / "truth_accounts.parquet").to_pylist()
        marks = np.zeros(snapshot.people)
        marks[[number[row["person_id"]] for row in rows if row["is_fraud"]]] = 1.0
        pure = found.groups.mean(marks)
        wanted, weight = pure >= PURE, np.where((pure < PURE) & (pure >= 0.5), NEAR_WEIGHT, 1.0)
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


def fitted(samples: Sequence[Sample], shape: int) -> Floats:
    """Intercept and weights of one shape with the least penalised log loss."""
    parts = [(s.traits[s.shape == shape], s.wanted[s.shape == shape], s.weight[s.shape == shape]) for s in samples]
    traits, wanted, weight = (np.concatenate([part[place] for part in parts]) for place in range(3))
    columns = np.hstack([np.ones((len(traits), 1)), traits])
    penalty = np.r_[0.0, np.full(len(TRAITS), PENALTY)]

    def loss(given: Floats) -> tuple[float, Floats]:
        odds = columns @ given
        value = (weight * (np.logaddexp(0.0, odds) - wanted * odds)).sum() + 0.5 * (penalty * given**2).sum()
        return float(value), columns.T @ (weight * (1.0 / (1.0 + np.exp(-odds)) - wanted)) + penalty * given

    bounds = [(-12.0, 12.0)] + [(None, 0) if name in INNOCENT else (0, None) for name in TRAITS]
    best = minimize(
        loss, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 5000}
    )
    return np.round(best.x, 3) + 0.0


def written(weights: dict[str, Floats], head: str) -> str:
    """The weights as TOML."""
    lines = [head]
    for shape, values in weights.items():
        lines += ["", f"[{shape}]"]
        lines += [f"{name} = {value}" for name, value in zip(("intercept", *TRAITS), values.tolist(), strict=True)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read every data set, fit each shape, write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="+", help="directories written by import or generate")
    parser.add_argument("--work", type=Path, required=True, help="where snapshots are kept")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    settings, samples = Settings(), []
    for data in given.data:
        samples.append(sample(data, given.work / data.resolve().parent.name, settings))
        print(f"{data}: {len(samples[-1].shape)} shapes, {int(samples[-1].wanted.sum())} of them rings", flush=True)
    weights = {name: fitted(samples, shape) for shape, name in enumerate(SHAPES)}
    head = (
        "# Learned weights of shapes of payments, in log-odds; written by benchmarks/fit_payments.py, not by hand.\n"
        f"# Data sets: {', '.join(sorted(data.resolve().parent.name for data in given.data))}.\n"
        f"# Shapes: {sum(len(s.shape) for s in samples)}, of them rings: {int(sum(s.wanted.sum() for s in samples))}. "
        f"Ridge penalty {PENALTY}, signs constrained."
    )
    given.output.write_text(written(weights, head), encoding="utf-8")
    print(given.output)


if __name__ == "__main__":
    main()
