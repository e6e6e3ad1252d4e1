"""Learn the weights of a ring from generated worlds and write graphfraud/rings/weights.toml.

Penalised logistic regression (L-BFGS) over the candidates of all worlds. A candidate is
a ring when its Jaccard index with a true ring is at least one half; a piece of a ring that
falls short weighs less than a clear no. Each row stands twice at half weight, once with the
terms that rest on labels hidden, so that fresh rings are found too. Terms for a ring may not
turn negative, innocent explanations not positive. The first fit proposes unions of pieces,
the second learns from them as well.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from scipy.optimize import minimize

from graphfraud.rings.families import FAMILIES
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Groups
from graphfraud.rings.judgement import proposed
from graphfraud.rings.model import WEIGHTS, Model, checked
from graphfraud.rings.terms import LABEL_TERMS, TERMS
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
from graphfraud.worlds import generate

SEEDS: Final = (101, 102, 103, 104, 105)
HARDNESS: Final = ("medium", "high")
KEY: Final = PseudonymKey(bytes(range(32)))
TERM_PENALTY, FAMILY_PENALTY = 1.0, 20.0
PIECE_PURITY, PIECE_WEIGHT = 0.7, 0.3
HEAD: Final = """# Learned weights of a ring, in log-odds; written by benchmarks/fit_rings.py, not by hand.
# Worlds: {people} people each, hardness {hardness}, seeds {seeds}.
# Candidates: {candidates}, of them rings: {rings} (Jaccard index with a true ring at least 1/2).
# Ridge penalty: {term} a term, {family} a family; signs constrained; every row also with labels hidden.
"""


@dataclass(frozen=True, eq=False)
class Sample:
    """Candidates of one world: terms (rows x terms), family, Jaccard index and purity against the truth."""

    terms: npt.NDArray[np.float64]
    family: npt.NDArray[np.int8]
    jaccard: npt.NDArray[np.float64]
    purity: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class World:
    """A snapshot and the true ring of each person, or -1."""

    ground: Ground
    ring: npt.NDArray[np.int64]

    def sample(self, settings: Settings, model: Model | None) -> Sample:
        """Candidates, with a model also the unions that it proposes."""
        groups, found = proposed(self.ground, model, settings=settings)
        jaccard, purity = against(self.ring, groups)
        terms = np.stack([found[term.code] for term in TERMS], axis=1)
        return Sample(terms, groups.family, jaccard, purity)


def against(ring: npt.NDArray[np.int64], groups: Groups) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Best Jaccard index of each group with a true ring, and its largest share of one ring."""
    size = np.bincount(ring[ring >= 0])
    true = ring[groups.person]
    inside = true >= 0
    key, common = np.unique(groups.number[inside] * len(size) + true[inside], return_counts=True)
    group, other = key // len(size), key % len(size)
    jaccard, purity = np.zeros(len(groups)), np.zeros(len(groups))
    np.maximum.at(jaccard, group, common / (groups.size[group] + size[other] - common))
    np.maximum.at(purity, group, common / groups.size[group])
    return jaccard, purity


def fitted(samples: Sequence[Sample]) -> Model:
    """The model with the least penalised log loss."""
    terms, family, wanted, weight = _rows(samples)
    kinds = np.eye(len(FAMILIES))[family]
    columns = np.hstack([np.ones((len(terms), 1)), kinds, terms])
    penalty = np.r_[0.0, np.full(len(FAMILIES), FAMILY_PENALTY), np.full(len(TERMS), TERM_PENALTY)]

    def loss(given: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        odds = columns @ given
        chance = 1.0 / (1.0 + np.exp(-odds))
        value = (weight * (np.logaddexp(0.0, odds) - wanted * odds)).sum() + 0.5 * (penalty * given**2).sum()
        return float(value), columns.T @ (weight * (chance - wanted)) + penalty * given

    bounds = [(None, None)] * (1 + len(FAMILIES)) + [(None, 0) if term.innocent else (0, None) for term in TERMS]
    start, limit = np.zeros(columns.shape[1]), {"maxiter": 5000}
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=limit)
    learned = np.round(best.x, 3) + 0.0
    families = dict(zip(FAMILIES, learned[1:].tolist(), strict=False))
    return checked(
        Model(
            intercept=float(learned[0]),
            families=families,
            terms=dict(zip([term.code for term in TERMS], learned[1 + len(FAMILIES) :].tolist(), strict=True)),
        )
    )


def _rows(samples: Sequence[Sample]) -> tuple[npt.NDArray[np.float64], ...]:
    hidden = [number for number, term in enumerate(TERMS) if term.code in LABEL_TERMS]
    parts: list[tuple[npt.NDArray[np.float64], ...]] = []
    for sample in samples:
        blind = sample.terms.copy()
        blind[:, hidden] = 0.0
        wanted = (sample.jaccard >= 0.5).astype(np.float64)
        piece = (wanted == 0) & (sample.purity >= PIECE_PURITY)
        weight = np.where(piece, PIECE_WEIGHT, 1.0) / 2.0
        parts += [(terms, sample.family, wanted, weight) for terms in (sample.terms, blind)]
    return tuple(np.concatenate([part[column] for part in parts]) for column in range(4))


def worlds(place: Path, people: int, settings: Settings, seeds: Sequence[int]) -> Iterator[World]:
    """Every world, made where it is not there yet."""
    for hardness in HARDNESS:
        for seed in seeds:
            yield _world(place / f"{hardness}-{seed}", people, seed, hardness, settings)


def _world(place: Path, people: int, seed: int, hardness: str, settings: Settings) -> World:
    if not (place / "snapshot" / "snapshot.json").exists():
        report = generate(place / "world", people=people, seed=seed, hardness=hardness)
        store = LakeStore(place / "lake")
        with read_directory(place / "world", key=KEY, known=Known.nothing()) as reading:
            store.write(reading)
        as_of = int(report.as_of.timestamp() * 1_000_000)
        save(build(store, head=store.head(), as_of=as_of, labels=True, resources=Resources()), place / "snapshot")
    snapshot = restore(place / "snapshot")
    shared = uses(snapshot, window_days=settings.links.window_days)
    ground = Ground(snapshot, shared, links(snapshot, shared, settings=settings.links), settings)
    return World(ground, _truth(snapshot, place / "world" / "truth" / "truth_rings.parquet"))


def _truth(snapshot: Snapshot, path: Path) -> npt.NDArray[np.int64]:
    rows = pq.read_table(path)
    number = {person: place for place, person in enumerate(snapshot.ids[Entity.PERSON].to_pylist())}
    _, ring = np.unique(rows["ring_id"].to_numpy(), return_inverse=True)
    answer = np.full(snapshot.people, -1, np.int64)
    answer[[number[person] for person in rows["person_id"].to_pylist()]] = ring
    return answer


def written(model: Model, head: str) -> str:
    """The model as TOML."""
    lines = [head, f"intercept = {model.intercept}", "", "[families]"]
    lines += [f"{name} = {weight}" for name, weight in model.families.items()]
    lines += ["", "[terms]", *(f"{code} = {weight}" for code, weight in model.terms.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Make the worlds, fit twice, write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=30_000)
    parser.add_argument("--work", type=Path, required=True, help="where worlds and snapshots are kept")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    settings = Settings()
    made = list(worlds(given.work, given.people, settings, SEEDS))
    first = fitted([world.sample(settings, None) for world in made])
    samples = [world.sample(settings, first) for world in made]
    final = fitted(samples)
    counted = {
        "people": given.people,
        "hardness": ", ".join(HARDNESS),
        "seeds": ", ".join(map(str, SEEDS)),
        "candidates": sum(len(sample.jaccard) for sample in samples),
        "rings": sum(int((sample.jaccard >= 0.5).sum()) for sample in samples),
        "term": TERM_PENALTY,
        "family": FAMILY_PENALTY,
    }
    given.output.write_text(written(final, HEAD.format(**counted)), encoding="utf-8")
    print(f"{given.output}: {counted['candidates']} candidates, {counted['rings']} rings")
    if given.json:
        given.json.write_text(json.dumps(counted), encoding="utf-8")


if __name__ == "__main__":
    main()
