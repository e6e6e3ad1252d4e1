"""Shared debt: impact of every person beside a loop over seeds, probabilities beside simulated worlds, planted contagion.

Quality rows (planted worlds) go to the screen, and with ``--json FILE`` to ``FILE`` with ``-quality`` before its ending.
"""

import json
import resource
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from measure import SCREEN, Row, options, report, version
from rich.table import Table
from scipy.sparse import csr_array
from scipy.special import expit
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier

from graphfraud.debt.compute import shared_debt
from graphfraud.debt.debtrank import Weights, capped_impact, linear_impact, spectral_radius
from graphfraud.debt.logistic import auc, calibration, shifted
from graphfraud.debt.outcomes import outcomes
from graphfraud.debt.probability import default_probability
from graphfraud.debt.strain import QUARTER_US, History, reach, strain
from graphfraud.snapshot.build import Resources, build
from graphfraud.snapshot.graph import Snapshot
from graphfraud.sources.directory import read_directory
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.sources.reading import Known
from graphfraud.store.lake import LakeStore
from graphfraud.worlds.contagion_worlds import default_shares
from graphfraud.worlds.planted import planted
from graphfraud.worlds.recipe import AS_OF_US

RADIUS = 0.9
EFFECTS = ((4.0, 0.0, -4.0), (-4.0, 4.0, 0.0), (0.0, -4.0, 4.0), (4.0, -4.0, 0.0), (0.0, 4.0, -4.0))


@dataclass(frozen=True)
class Quality:
    """One figure of one world."""

    world: str
    seed: int
    hardness: str
    engine: str
    metric: str
    value: float


def main() -> None:
    asked = options(__doc__ or "")
    people, seeds = (50_000, 500) if asked.quick else (1_000_000, 10_000)
    rows = impact(people, seeds, sampled=3 if asked.quick else 5)
    rows += agreement(5_000 if asked.quick else 20_000)
    rows += probabilities(*((4, 200_000) if asked.quick else (50, 1_000_000)))
    found = contagion(*((1, 6_000) if asked.quick else (5, 40_000)))
    show(found, asked.json)
    report(f"Shared debt: {people:,} people, {5 * people:,} exposures", rows, asked.json)


def network(people: int, exposures: int, seed: int) -> Weights:
    """A random network whose debtors differ a lot in how many depend on them, at a spectral radius of .9."""
    rng = np.random.default_rng(seed)
    debtor = np.minimum((people * rng.random(exposures) ** 1.6).astype(np.int64), people - 1)
    exposed = rng.integers(0, people, exposures)
    order = np.lexsort((exposed, debtor))
    bounds = np.searchsorted(debtor[order], np.arange(people + 1)).astype(np.int64)
    raw = Weights(
        bounds, exposed[order].astype(np.uint32), rng.uniform(0, 0.3, exposures), rng.uniform(1e3, 1e5, people)
    )
    factor = RADIUS / spectral_radius(raw)
    return Weights(bounds, raw.exposed, np.minimum(1.0, raw.weight * factor), raw.buffer)


def impact(people: int, seeds: int, sampled: int) -> list[Row]:
    SCREEN.print(f"impact of {people:,} people over {5 * people:,} exposures")
    whole = network(people, 5 * people, seed=1)
    linear_impact(network(1000, 5000, seed=2))
    begun = time.perf_counter()
    ours = linear_impact(whole)
    seconds = time.perf_counter() - begun
    radius = spectral_radius(whole)
    matrix = transposed(whole)
    chosen = np.random.default_rng(3).choice(people, sampled, replace=False)
    begun = time.perf_counter()
    theirs = np.array([one_seed(matrix, whole.buffer, int(seed)) for seed in chosen])
    loop = (time.perf_counter() - begun) / sampled * people
    agree = bool(np.allclose(ours[chosen], theirs, rtol=1e-6))
    note = f"loop over seeds, extrapolated from {sampled}"
    size = len(whole.exposed)
    rows = [
        Row("impact", size, "graphfraud", version("graphfraud"), seconds, peak(), None, agree, f"radius {radius:.3f}"),
        Row("impact", size, "scipy", version("scipy"), loop, None, round(loop / seconds), agree, note),
    ]
    picked = np.random.default_rng(4).choice(people, seeds, replace=False)
    capped_impact(network(1000, 5000, seed=2), np.arange(3))
    begun = time.perf_counter()
    followed = capped_impact(whole, picked, cut=3e-4, linear=ours)
    seconds = time.perf_counter() - begun
    mean, low, high = followed.mean()
    fine = bool((followed.low <= followed.high + 1e-9).all() and (followed.low <= ours[picked] + 1e-6).all())
    note = f"{seeds:,} seeds: mean {mean:,.0f} yuan, interval {low:,.0f} to {high:,.0f}, never above linear"
    return [*rows, Row("impact, capped", size, "graphfraud", version("graphfraud"), seconds, peak(), None, fine, note)]


def agreement(people: int) -> list[Row]:
    """Where a loop over many seeds is affordable: the ranks agree."""
    whole = network(people, 5 * people, seed=5)
    begun = time.perf_counter()
    ours = linear_impact(whole)
    seconds = time.perf_counter() - begun
    matrix, chosen = transposed(whole), np.random.default_rng(6).choice(people, 300, replace=False)
    theirs = np.array([one_seed(matrix, whole.buffer, int(seed)) for seed in chosen])
    spearman = float(np.corrcoef(rankdata(ours[chosen]), rankdata(theirs))[0, 1])
    note = f"Spearman {spearman:.6f} over 300 seeds"
    agree = spearman >= 0.999
    return [Row("impact, ranks", 5 * people, "graphfraud", version("graphfraud"), seconds, None, None, agree, note)]


def transposed(whole: Weights) -> csr_array:
    """W as scipy takes it: rows are the exposed."""
    by_debtor = csr_array((whole.weight, whole.exposed.astype(np.int32), whole.bounds), shape=(whole.people,) * 2)
    return csr_array(by_debtor.T)


def one_seed(matrix: csr_array, buffer: np.ndarray, seed: int) -> float:
    """Loss of all through one failure: rounds of distress until nothing moves."""
    distress = np.zeros(len(buffer))
    distress[seed] = 1.0
    lost = 0.0
    while True:
        distress = matrix @ distress
        added = float(distress @ buffer)
        lost += added
        if added <= 1e-9 * max(lost, 1e-300):
            return lost


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def probabilities(networks: int, worlds: int) -> list[Row]:
    """Random networks: 200 people, 3 debtors each, weights up to .5, a fifth of the exposures mutual."""
    SCREEN.print(f"default probability of {networks} networks beside {worlds:,} simulated worlds each")
    mean = largest = ours = theirs = 0.0
    for seed in range(networks):
        own, graph = mutual_network(seed)
        begun = time.perf_counter()
        found = default_probability(own, *graph)
        ours += time.perf_counter() - begun
        begun = time.perf_counter()
        simulated = default_shares(own, *graph, worlds=worlds, seed=seed)
        theirs += time.perf_counter() - begun
        error = np.abs(found - simulated)
        mean, largest = max(mean, float(error.mean())), max(largest, float(error.max()))
    note = f"worst network: mean error {mean:.4f}, largest {largest:.4f}"
    agree = mean <= 0.005 and largest <= 0.02
    size = 200 * networks
    return [
        Row("default probability", size, "graphfraud", version("graphfraud"), ours, None, None, agree, note),
        Row(
            "default probability",
            size,
            "simulation",
            "",
            theirs,
            None,
            round(theirs / ours),
            agree,
            f"{worlds:,} worlds",
        ),
    ]


def mutual_network(seed: int) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    people = 200
    debtors = [set(rng.choice(np.delete(np.arange(people), i), 3, replace=False).tolist()) for i in range(people)]
    mutual = 0
    while mutual < 0.2 * 3 * people:
        i = int(rng.integers(people))
        j = int(rng.choice(sorted(debtors[i])))
        spare = sorted(k for k in debtors[j] if j not in debtors[k])
        if i not in debtors[j] and spare:
            debtors[j] ^= {int(rng.choice(spare)), i}
        mutual = sum(i in debtors[j] for i in range(people) for j in debtors[i])
    person, debtor = np.array([(i, j) for i in range(people) for j in sorted(debtors[i])]).T
    bounds = np.searchsorted(person, np.arange(people + 1)).astype(np.int64)
    return rng.uniform(0, 0.2, people), (bounds, debtor.astype(np.int32), rng.uniform(0, 0.5, len(debtor)))


def contagion(worlds: int, people: int) -> list[Quality]:
    """Planted worlds: what the network adds, and whether it may be believed."""
    found = []
    for seed in range(1, worlds + 1):
        SCREEN.print(f"planted contagion, {people:,} people, seed {seed}")
        found += planted_world(people, seed, EFFECTS[seed - 1])
    return found


def planted_world(people: int, seed: int, effects: tuple[float, float, float]) -> list[Quality]:
    made = planted(people=people, seed=seed, effects=effects)
    snapshot = loaded(made)
    begun = time.perf_counter()
    debts = shared_debt(snapshot)
    seconds = time.perf_counter() - begun
    outcome = made.truth.column("defaulted_90d").to_numpy(zero_copy_only=False).astype(float)
    true = made.truth.column("default_probability").to_numpy()
    said = debts.table.column("default_probability").to_numpy()
    log_odds = np.log(said / (1 - said))
    level = expit(log_odds + shifted(log_odds, float(outcome.mean())))
    baselines = baseline_aucs(snapshot, outcome)
    best = max(baselines.values())
    ours, truth = auc(said, outcome), auc(true, outcome)
    figures = {
        "auc": ours,
        "gap closed": (ours - best) / (truth - best),
        "ece after shift": calibration_error(level, outcome),
        "slope": calibration(log_odds, outcome)[1],
        "brier skill": 1 - float(((level - outcome) ** 2).mean() / (outcome.mean() * (1 - outcome.mean()))),
        "seconds": seconds,
        "signs right": float(signs_right(debts.figures["contagion"]["coefficients"], effects)),
    }
    rows = [Quality("planted", seed, "medium", "graphfraud", name, float(value)) for name, value in figures.items()]
    rows += [Quality("planted", seed, "medium", name, "auc", value) for name, value in baselines.items()]
    rows.append(Quality("planted", seed, "medium", "truth", "auc", truth))
    return [*rows, Quality("planted", seed, "medium", "truth", "ece after shift", calibration_error(true, outcome))]


def signs_right(coefficients: list[dict[str, Any]], effects: tuple[float, float, float]) -> bool:
    """A planted zero lies in its interval, all others outside of zero on their side."""
    checks = [
        one["low"] <= 0 <= one["high"] if effect == 0 else (one["low"] > 0 if effect > 0 else one["high"] < 0)
        for one, effect in zip(coefficients, effects, strict=True)
    ]
    return all(checks)


def loaded(made: Any) -> Snapshot:
    """The world by way of files, as a user's data come."""
    with tempfile.TemporaryDirectory(prefix="graphfraud-bench-") as home:
        made.write(Path(home) / "world")
        store = LakeStore(Path(home) / "lake")
        with read_directory(Path(home) / "world", key=PseudonymKey(bytes(32)), known=Known.nothing()) as reading:
            store.write(reading)
        return build(store, head=store.head(), as_of=AS_OF_US, labels=True, resources=Resources())


def baseline_aucs(snapshot: Snapshot, outcome: np.ndarray) -> dict[str, float]:
    """Boosting without the graph, and personalised PageRank from known defaults, on the same labels."""
    known, past = outcomes(snapshot), History(snapshot)
    before = known.at - QUARTER_US
    reached = reach(snapshot, known.person, before)
    everybody, tonight = np.arange(snapshot.people), np.full(snapshot.people, snapshot.as_of)
    boosting = HistGradientBoostingClassifier(max_depth=3, max_iter=150, learning_rate=0.06, random_state=0)
    boosting.fit(np.nan_to_num(strain(past, known.person, before, reached=reached)), known.defaulted)
    boosted = boosting.predict_proba(np.nan_to_num(strain(past, everybody, tonight, reached=reached)))[:, 1]
    return {
        "boosting": auc(boosted, outcome),
        "pagerank": auc(personalised(snapshot, known.person[known.defaulted]), outcome),
    }


def personalised(snapshot: Snapshot, seeds: np.ndarray) -> np.ndarray:
    """PageRank over all ties, restarted at people known to have defaulted."""
    sides = (("guarantees", "guarantor_id", "person_id"), ("payments", "payee_id", "payer_id"))
    sides += (("friendships", "person_id", "friend_id"),)
    one = np.concatenate([snapshot[name][first] for name, first, _ in sides])
    other = np.concatenate([snapshot[name][second] for name, _, second in sides])
    matrix = csr_array((np.ones(len(one)), (one, other)), shape=(snapshot.people,) * 2)
    matrix = csr_array(matrix + matrix.T)
    degree = np.maximum(np.asarray(matrix.sum(axis=0)).ravel(), 1)
    start = np.bincount(seeds, minlength=snapshot.people) / max(len(seeds), 1)
    rank = start.copy()
    for _ in range(50):
        rank = 0.15 * start + 0.85 * (matrix @ (rank / degree))
    return rank


def calibration_error(said: np.ndarray, outcome: np.ndarray, bins: int = 10) -> float:
    """Mean distance of said and seen over tenths of the people."""
    parts = np.array_split(np.argsort(said, kind="stable"), bins)
    return float(sum(len(part) / len(said) * abs(said[part].mean() - outcome[part].mean()) for part in parts))


def show(found: list[Quality], file: Path | None) -> None:
    table = Table(title="Planted contagion", title_justify="left")
    for name in ("seed", "engine", "metric", "value"):
        table.add_column(name, justify="right" if name == "value" else "left")
    for row in found:
        table.add_row(str(row.seed), row.engine, row.metric, f"{row.value:.4f}")
    SCREEN.print(table)
    if file:
        beside = file.with_name(f"{file.stem}-quality{file.suffix}")
        beside.write_text(json.dumps([asdict(row) for row in found], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
