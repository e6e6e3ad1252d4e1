"""Learn the weights of a ring from generated worlds and write graphfraud/rings/weights.toml.

Two penalised logistic regressions (L-BFGS) over the candidates of all worlds. The first
asks whether a group is fraud: at least seven in ten members belong to rings, or it is a
ring (Jaccard index one half). Terms for a ring may not turn negative, innocent
explanations not positive. The second asks, of those that the first finds promising,
whether a group is one whole ring. Each row stands twice at half weight, once with the
terms that rest on labels hidden, so that fresh rings are found too. Groups that name the
same people share their weight. The first fit proposes what pieces may be put together,
the second learns from that as well. ``--cross`` leaves out one kind of ring at a time and
says how well it is found by what the others taught, for several penalties.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from scipy.optimize import minimize

from graphfraud.rings.candidates import candidates
from graphfraud.rings.families import FAMILIES
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Groups
from graphfraud.rings.judgement import Neighbours, neighbours, proposed
from graphfraud.rings.members import MEMBER
from graphfraud.rings.model import UNLEARNED, WEIGHTS, Model, checked, read_model
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

SEEDS: Final = (101, 102, 103, 104, 105)
HARDNESS: Final = ("medium", "high")
KEY: Final = PseudonymKey(bytes(range(32)))
TERM_PENALTY, FAMILY_PENALTY = 2.0, 20.0
WHOLE_PENALTY: Final = 1.0
LARGEST: Final = 4.0
"""No term weighs more: what our honest people never do, strangers may."""
FRAUD: Final = 0.7
"""A group is fraud when so many of its members are in rings."""
UNCLEAR, UNCLEAR_WEIGHT = 0.3, 0.3
"""A group between honest and fraud weighs less."""
Bound = tuple[float | None, float | None]
HEAD: Final = """# Learned weights of a ring, in log-odds; written by benchmarks/fit_rings.py, not by hand.
# Worlds: {people} people each, hardness {hardness}, seeds {seeds}.
# Candidates: {candidates}, of them rings: {rings} (Jaccard index with a true ring at least 1/2).
# Ridge penalty: {term} a term, {family} a family, {whole} a term of wholeness; every row also with labels hidden.
"""


@dataclass(frozen=True, eq=False)
class Truth:
    """Of each group: best Jaccard index with a true ring, share of members in rings, the ring of most, how many."""

    jaccard: npt.NDArray[np.float64]
    fraud: npt.NDArray[np.float64]
    ring: npt.NDArray[np.int64]
    common: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rows:
    """What a regression is given: columns, what is wanted (0 or 1), and weights."""

    columns: npt.NDArray[np.float64]
    wanted: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]

    @classmethod
    def together(cls, parts: Sequence[tuple[npt.NDArray[Any], ...]]) -> "Rows":
        """One below the other."""
        columns, wanted, weight = (np.concatenate([part[side] for part in parts]) for side in range(3))
        return cls(columns, wanted.astype(np.float64), weight)


@dataclass(frozen=True, eq=False)
class Sample:
    """Candidates of one world: groups, terms (rows x terms) and the truth about each.

    ``whole`` are the terms of wholeness of the promising ones (``rows``), with labels and blind.
    """

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
            odds = model.score(found, sample.groups.family)
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


def fraud_rows(samples: Sequence[Sample], keep: Sequence[npt.NDArray[np.bool_]] | None = None) -> Rows:
    """Rows of the first regression: the constant, the family, the terms."""
    parts = []
    for number, sample in enumerate(samples):
        chosen = np.ones(len(sample.groups), bool) if keep is None else keep[number]
        fraud, jaccard = sample.truth.fraud[chosen], sample.truth.jaccard[chosen]
        wanted = (fraud >= FRAUD) | (jaccard >= 0.5)
        weight = sample.weight[chosen] * np.where(~wanted & (fraud > UNCLEAR), UNCLEAR_WEIGHT, 1.0) / 2.0
        kinds = np.eye(len(FAMILIES))[sample.groups.family[chosen]]
        for blind in (False, True):
            columns = np.hstack([np.ones((len(kinds), 1)), kinds, sample.seen(blind=blind)[chosen]])
            parts.append((columns, wanted, weight))
    return Rows.together(parts)


def regression(rows: Rows, penalty: npt.NDArray[np.float64], bounds: Sequence[Bound]) -> npt.NDArray[np.float64]:
    """Coefficients with the least penalised log loss, rounded."""

    def loss(given: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        odds = rows.columns @ given
        chance = 1.0 / (1.0 + np.exp(-odds))
        value = (rows.weight * (np.logaddexp(0.0, odds) - rows.wanted * odds)).sum()
        slope = rows.columns.T @ (rows.weight * (chance - rows.wanted)) + penalty * given
        return float(value + 0.5 * (penalty * given**2).sum()), slope

    start = np.zeros(rows.columns.shape[1])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 5000})
    return np.round(best.x, 3) + 0.0


def fitted(rows: Rows, term_penalty: float = TERM_PENALTY) -> Model:
    """The model of fraud."""
    penalty = np.r_[0.0, np.full(len(FAMILIES), FAMILY_PENALTY), np.full(len(TERMS), term_penalty)]
    bounds: list[Bound] = [(None, None)] * (1 + len(FAMILIES))
    bounds += [(-LARGEST, 0.0) if term.innocent else (0.0, LARGEST) for term in TERMS]
    learned = regression(rows, penalty, bounds).tolist()
    families = dict(zip(FAMILIES, learned[1:], strict=False))
    terms = dict(zip([term.code for term in TERMS], learned[1 + len(FAMILIES) :], strict=True))
    return Model(learned[0], families, terms)


def whole_fitted(parts: Sequence[Beside]) -> Whole:
    """The model of parts, then of wholeness, then the probability of those that it would choose."""
    free: Bound = (None, None)
    of_members = regression(
        Rows.together([part.of_members for part in parts]),
        np.r_[0.0, np.full(len(MEMBER), WHOLE_PENALTY)],
        [free] * (1 + len(MEMBER)),
    ).tolist()
    of_pairs = regression(
        Rows.together([part.of_pairs for part in parts]),
        np.r_[0.0, np.full(len(PARTS), WHOLE_PENALTY)],
        [free] * (1 + len(PARTS)),
    ).tolist()
    one = replace(
        UNLEARNED,
        belongs=of_members[0],
        members=dict(zip(MEMBER, of_members[1:], strict=True)),
        together=of_pairs[0],
        parts=dict(zip(PARTS, of_pairs[1:], strict=True)),
    )
    learned = regression(
        Rows.together([part.of_fraud(one) for part in parts]),
        np.r_[0.0, np.full(len(WHOLE), WHOLE_PENALTY)],
        [free] * (1 + len(WHOLE)),
    ).tolist()
    one = replace(one, intercept=learned[0], terms=dict(zip(WHOLE, learned[1:], strict=True)))
    level, slope = regression(Rows.together([part.chosen(one) for part in parts]), np.zeros(2), [free] * 2)
    return replace(one, slope=float(slope), level=float(level))


def crossed(
    made: Sequence[World], samples: Sequence[Sample], penalties: Sequence[float]
) -> list[tuple[float, str, float, float]]:
    """For each penalty and kind of ring: how its best groups score by what the other kinds taught.

    Gives the penalty, the kind, the share of its rings with a group of odds one half, and the mean log loss of them.
    """
    told = []
    kinds = sorted({str(kind) for world in made for kind in world.kinds})
    for penalty in penalties:
        for kind in kinds:
            of_kind = [
                (sample.truth.ring >= 0) & (world.kinds[sample.truth.ring] == kind)
                for world, sample in zip(made, samples, strict=True)
            ]
            model = fitted(fraud_rows(samples, [~some for some in of_kind]), penalty)
            told.append((penalty, kind, *_held_out(model, samples, of_kind)))
    return told


def _held_out(model: Model, samples: Sequence[Sample], of_kind: Sequence[npt.NDArray[np.bool_]]) -> tuple[float, float]:
    best = []
    for sample, held_out in zip(samples, of_kind, strict=True):
        found = dict(zip((term.code for term in TERMS), sample.seen(blind=True).T, strict=True))
        odds, right = model.score(found, sample.groups.family), held_out & (sample.truth.jaccard >= 0.5)
        best += [odds[right & (sample.truth.ring == ring)].max() for ring in np.unique(sample.truth.ring[right])]
    chance = np.clip(np.array(best), 1e-6, 1.0)
    return float((chance >= 0.5).mean()), float(-np.log(chance).mean())


def worlds(place: Path, people: int, settings: Settings, seeds: Sequence[int]) -> Iterator[World]:
    """Every world, made where it is not there yet."""
    for hardness in HARDNESS:
        for seed in seeds:
            yield _world(place / f"{hardness}-{seed}", people, seed, hardness, settings)


def _world(place: Path, people: int, seed: int, hardness: str, settings: Settings) -> World:
    if not (place / "snapshot" / "snapshot.json").exists():
        if not (place / "world" / "truth").exists():
            generate(place / "world", people=people, seed=seed, hardness=hardness)
        store = LakeStore(place / "lake")
        with read_directory(place / "world", key=KEY, known=Known.nothing()) as reading:
            store.write(reading)
        as_of = int(AS_OF.timestamp() * 1_000_000)
        save(build(store, head=store.head(), as_of=as_of, labels=True, resources=Resources()), place / "snapshot")
    snapshot = restore(place / "snapshot")
    shared = uses(snapshot, window_days=settings.links.window_days)
    ground = Ground(snapshot, shared, links(snapshot, shared, settings=settings.links), settings)
    return World(ground, *_truth(snapshot, place / "world" / "truth" / "truth_rings.parquet"))


def _truth(snapshot: Snapshot, path: Path) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    rows = pq.read_table(path)
    number = {person: place for place, person in enumerate(snapshot.ids[Entity.PERSON].to_pylist())}
    _, first, ring = np.unique(rows["ring_id"].to_numpy(), return_index=True, return_inverse=True)
    answer = np.full(snapshot.people, -1, np.int64)
    answer[[number[person] for person in rows["person_id"].to_pylist()]] = ring
    return answer, np.array(rows["kind"].to_pylist(), dtype=object)[first]


def written(model: Model, head: str) -> str:
    """The model as TOML."""
    lines = [head, f"intercept = {model.intercept}", "", "[families]"]
    lines += [f"{name} = {weight}" for name, weight in model.families.items()]
    lines += ["", "[terms]", *(f"{code} = {weight}" for code, weight in model.terms.items())]
    lines += ["", "[whole]", f"belongs = {model.whole.belongs}", f"together = {model.whole.together}"]
    lines += [f"intercept = {model.whole.intercept}"]
    lines += [f"slope = {model.whole.slope}", f"level = {model.whole.level}", "", "[whole.terms]"]
    lines += [f"{code} = {weight}" for code, weight in model.whole.terms.items()]
    lines += ["", "[whole.members]", *(f"{code} = {weight}" for code, weight in model.whole.members.items())]
    lines += ["", "[whole.parts]", *(f"{code} = {weight}" for code, weight in model.whole.parts.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Make the worlds, fit twice, write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=30_000)
    parser.add_argument("--work", type=Path, required=True, help="where worlds and snapshots are kept")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--start", type=Path, help="weights that propose what to put together; default: learned first")
    parser.add_argument("--seeds", type=int, nargs="+", help=f"default: {SEEDS}")
    parser.add_argument(
        "--cross", type=float, nargs="+", metavar="PENALTY", help="only cross-validate, for each penalty"
    )
    given = parser.parse_args()
    settings = Settings()
    made = list(worlds(given.work, given.people, settings, given.seeds or SEEDS))
    first = (
        read_model(given.start) if given.start else fitted(fraud_rows([world.sample(settings, None) for world in made]))
    )
    if given.cross:
        samples = [world.sample(settings, first) for world in made]
        for penalty, kind, share, loss in crossed(made, samples, given.cross):
            print(f"penalty {penalty:6.1f}  {kind:18} found {share:.2f}  log loss {loss:.2f}")
        return
    model = first
    for _ in range(1 if given.start else 2):
        samples = [world.sample(settings, model) for world in made]
        model = fitted(fraud_rows(samples))
        pairs = zip(made, samples, strict=True)
        one = whole_fitted([part for world, sample in pairs for part in world.beside(sample, model, settings)])
        model = replace(model, whole=one)
    final = checked(model)
    counted = {
        "people": given.people,
        "hardness": ", ".join(HARDNESS),
        "seeds": ", ".join(map(str, SEEDS)),
        "candidates": sum(len(sample.groups) for sample in samples),
        "rings": sum(int((sample.truth.jaccard >= 0.5).sum()) for sample in samples),
        "term": TERM_PENALTY,
        "family": FAMILY_PENALTY,
        "whole": WHOLE_PENALTY,
    }
    given.output.write_text(written(final, HEAD.format(**counted)), encoding="utf-8")
    print(f"{given.output}: {counted['candidates']} candidates, {counted['rings']} rings")
    if given.json:
        given.json.write_text(json.dumps(counted), encoding="utf-8")


if __name__ == "__main__":
    main()
