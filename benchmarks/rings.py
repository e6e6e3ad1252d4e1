"""Rings found by ours and by peers on worlds of known truth: every peer tuned on one seed, all tested on others."""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from measure import SCREEN
from rich.table import Table
from ring_null import rewired, without_labels
from ring_peers import PEERS, Peer
from ring_world import Figures, World, figures, made, night
from scipy.sparse import csr_array
from scipy.stats import beta
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from graphfraud.evaluate import FLAGGED_SHARE, matched
from graphfraud.features.compute import features
from graphfraud.rings.lineage import Parents
from graphfraud.schema import OCCUPATIONS, Entity
from graphfraud.settings import Settings
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import links

Floats = npt.NDArray[np.float64]
TUNING_SEED: Final = 300
TEST_SEEDS: Final = (301, 302, 303, 304, 305)
HARDNESS: Final = ("medium", "high")
OURS, OURS_BLIND, WORLD = "graphfraud", "graphfraud, no labels", "none"
WORST_LOW: Final = frozenset({"precision", "recall", "f1", "fresh_recall", "member_f1"})
"""Of these the lowest is the worst, of all others the highest."""


@dataclass(frozen=True)
class Answer:
    """Reported rings, each with its score."""

    rings: csr_array
    score: Floats

    def of_best(self, count: int) -> csr_array:
        """The rings with the highest scores."""
        return self.rings[np.argsort(-self.score, kind="stable")[:count]]


@dataclass(frozen=True)
class Row:
    """One figure."""

    world: str
    seed: int
    hardness: str
    engine: str
    metric: str
    value: float | None


def main() -> None:
    """Tune, test, pool, show."""
    asked = _options()
    people = asked.people or (6_000 if asked.quick else 60_000)
    with tempfile.TemporaryDirectory(prefix="graphfraud-rings-") as scratch:
        home = asked.home or Path(scratch)
        theirs = _kept(asked.json) if asked.ours_only else []
        rows = list(theirs)
        for hardness in ("high",) if asked.quick else HARDNESS:
            if not asked.ours_only:
                theirs = list(of_peers(home, people, hardness, [301] if asked.quick else asked.seeds))
                rows += theirs
                _write(asked.json, rows)
            for seed in [301] if asked.quick else asked.seeds:
                world = made(home, people=people, seed=seed, hardness=hardness)
                rows += of_ours(world, [row for row in theirs if (row.hardness, row.seed) == (hardness, seed)])
                _write(asked.json, rows)
            for seed in asked.more:
                world = made(home, people=people, seed=seed, hardness=hardness)
                rows += decoys(world, found(world.snapshot))
                _write(asked.json, rows)
    show(rows)


def of_peers(home: Path, people: int, hardness: str, seeds: Sequence[int]) -> Iterator[Row]:
    """Every peer, tuned on one world and measured on the others, untuned as well."""
    tuning = made(home, people=people, seed=TUNING_SEED, hardness=hardness)
    model = learned(tuning)
    tuned = {peer.name: tune(peer, tuning, model) for peer in PEERS}
    SCREEN.print(f"{hardness}: tuned on seed {TUNING_SEED}: {tuned}")
    for seed in seeds:
        world = made(home, people=people, seed=seed, hardness=hardness)
        counts = f"{len(world.rings.sizes)} rings, {len(world.decoys.sizes)} honest groups"
        SCREEN.print(f"{hardness}: seed {seed}, {counts}")
        yield _row(world, WORLD, "people", world.people)
        chance = {world.seed: predicted(model, world)}
        for peer in PEERS:
            extra = {"chance": chance} if peer.name == "boosted" else {}
            yield from measured(world, f"{peer.name}, untuned", peer.answer(world, **extra, **peer.usual))
            yield from measured(world, peer.name, peer.answer(world, **extra, **tuned[peer.name]))


def of_ours(world: World, theirs: Sequence[Row]) -> list[Row]:
    """Ours on one world with labels and without, beside each peer, and on the same world rewired."""
    ours, blind = found(world.snapshot), found(without_labels(world.snapshot))
    SCREEN.print(f"{world.hardness}: seed {world.seed}, ours: {figures(world, ours.rings)}")
    rows = [*measured(world, OURS, ours.rings), *measured(world, OURS_BLIND, blind.rings), *decoys(world, ours)]
    rows += [*by_kind(world, ours.rings, OURS), *fairness(world, ours.rings, OURS)]
    for peer in PEERS:
        best = {row.metric: row.value or 0.0 for row in theirs if row.engine == peer.name}
        if best:
            rows += beside(world, peer.name, best, ours)
    nobody = found(rewired(world.snapshot, seed=world.seed))
    rows.append(_row(world, OURS, "rings_in_rewired", nobody.rings.shape[0]))
    rows.append(_row(world, OURS, "people_rewired", world.people))
    return rows


def found(snapshot: Snapshot) -> Answer:
    """What ours reports as a night would."""
    answer = night(snapshot, Parents.none())
    return reported(snapshot, answer.rings, answer.members)


def reported(snapshot: Snapshot, listed: pa.Table, members: pa.Table) -> Answer:
    """Ring tables as groups of people by number, in the order of ``listed``."""
    number = {person: place for place, person in enumerate(snapshot.ids[Entity.PERSON].to_pylist())}
    place = {ring: row for row, ring in enumerate(listed["ring_id"].to_pylist())}
    row = np.array([place[ring] for ring in members["ring_id"].to_pylist()], np.int64)
    person = np.array([number[one] for one in members["person_id"].to_pylist()], np.int64)
    shape = (len(place), snapshot.people)
    return Answer(csr_array((np.ones(len(row), np.int64), (row, person)), shape=shape), listed["score"].to_numpy())


def tune(peer: Peer, world: World, model: Mapping[int, Floats]) -> dict[str, Any]:
    """The settings with the best F1 on one world."""
    extra = {"chance": {world.seed: model[world.seed]}} if peer.name == "boosted" else {}
    scored = [(figures(world, peer.answer(world, **extra, **choice)).f1, choice) for choice in peer.choices()]
    return max(scored, key=lambda one: one[0])[1]


def learned(world: World) -> dict[Any, Any]:
    """A boosted table of member or not, from the truth of one world; its own people by cross-fitting."""
    table, member = _table(world), world.rings.covered
    half = np.random.default_rng(0).random(len(member)) < 0.5
    chance = np.zeros(len(member))
    for part in (half, ~half):
        chance[part] = _fitted(table[~part], member[~part]).predict_proba(table[part])[:, 1]
    return {"model": _fitted(table, member), world.seed: chance}


def predicted(model: Mapping[Any, Any], world: World) -> Floats:
    """Chance of each person to be a member."""
    return np.asarray(model["model"].predict_proba(_table(world))[:, 1])


def _fitted(table: Floats, member: npt.NDArray[np.bool_]) -> HistGradientBoostingClassifier:
    """On one thread: waiting threads of OpenMP eat a shared machine."""
    with threadpool_limits(limits=1):
        return _classifier().fit(table, member)


def _classifier() -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(max_iter=150, learning_rate=0.08, random_state=0)


def _table(world: World) -> Floats:
    settings = Settings()
    linked = links(world.snapshot, world.shared, settings=settings.links)
    columns = features(world.snapshot, world.shared, linked, settings=settings).drop_columns(["person_id"])
    return np.stack([np.asarray(column.to_pandas(), float) for column in columns.itercolumns()], axis=1)


def measured(world: World, engine: str, answer: csr_array) -> list[Row]:
    """The usual figures of one answer."""
    seen: Figures = figures(world, answer)
    values = {
        "precision": seen.precision,
        "recall": seen.recall,
        "f1": seen.f1,
        "fresh_recall": seen.fresh,
        "member_f1": seen.member_f1,
        "false_rings_per_100k": seen.false_rings * 100_000 / world.people,
        "decoys_flagged": seen.flagged_share,
    }
    return [_row(world, engine, metric, value) for metric, value in values.items()]


def beside(world: World, peer: str, theirs: Mapping[str, float], ours: Answer) -> list[Row]:
    """False rings of ours at the recall of a peer's best F1; a ratio over at least half a false ring."""
    order = np.argsort(-ours.score, kind="stable")
    hit = matched(ours.rings, world.rings.incidence)[order] >= 0
    recall = np.cumsum(hit) / max(len(world.rings.sizes), 1)
    reached = np.flatnonzero(recall >= theirs["recall"] - 1e-9)
    name = f"false_rings_at_recall_of:{peer}"
    if theirs["recall"] and not len(reached):
        return [_row(world, OURS, name, None), _row(world, OURS, f"false_ratio:{peer}", None)]
    mine = figures(world, ours.of_best(int(reached[0]) + 1)).false_rings if theirs["recall"] else 0
    false = theirs["false_rings_per_100k"] * world.people / 100_000
    return [_row(world, OURS, name, mine), _row(world, OURS, f"false_ratio:{peer}", false / max(mine, 0.5))]


def decoys(world: World, answer: Answer) -> list[Row]:
    """Honest groups by kind, and how many of them were flagged."""
    covered = np.asarray(answer.rings.sum(axis=0) > 0).astype(np.int64)
    hit = world.decoys.incidence @ covered >= FLAGGED_SHARE * world.decoys.sizes
    rows = []
    for kind in np.unique(world.decoys.kinds):
        mine = world.decoys.kinds == kind
        rows += [_row(world, OURS, f"decoys:{kind}", int(mine.sum()))]
        rows += [_row(world, OURS, f"flagged:{kind}", int(hit[mine].sum()))]
    return rows


def by_kind(world: World, answer: csr_array, engine: str) -> list[Row]:
    """Recall by mechanism of the true ring."""
    got = np.isin(np.arange(len(world.rings.sizes)), matched(answer, world.rings.incidence))
    kinds = np.unique(world.rings.kinds)
    return [_row(world, engine, f"recall:{kind}", float(got[world.rings.kinds == kind].mean())) for kind in kinds]


def fairness(world: World, answer: csr_array, engine: str) -> list[Row]:
    """Honest people in reported rings, by occupation."""
    honest = ~world.rings.covered
    covered = np.asarray(answer.sum(axis=0) > 0)
    rows, table = [], world.snapshot["people"]
    for place, word in enumerate(OCCUPATIONS):
        mine = honest & (table["occupation"] == place)
        rows += [_row(world, engine, f"honest:{word}", int(mine.sum()))]
        rows += [_row(world, engine, f"accused:{word}", int((mine & covered).sum()))]
    return rows


def upper_bound(hits: int, trials: int, *, level: float = 0.95) -> float:
    """One-sided Clopper-Pearson bound of a share (Clopper and Pearson 1934).

    >>> round(upper_bound(0, 500), 4)
    0.006
    """
    return 1.0 if hits >= trials else float(beta.ppf(level, hits + 1, trials - hits))


def show(rows: Sequence[Row]) -> None:
    """Worst and median over seeds, then what is pooled over them."""
    for hardness in dict.fromkeys(row.hardness for row in rows):
        here = [row for row in rows if row.hardness == hardness]
        SCREEN.print(_quality(hardness, here))
    SCREEN.print(_pooled(rows))
    for line in pooled(rows):
        SCREEN.print(line)


def _quality(hardness: str, rows: Sequence[Row]) -> Table:
    metrics = (
        "precision",
        "recall",
        "f1",
        "fresh_recall",
        "member_f1",
        "false_rings_per_100k",
        "decoys_flagged",
        "false_ratio",
    )
    table = Table(title=f"{hardness}: worst of the seeds (median)", title_justify="left")
    for name in ("engine", *metrics):
        table.add_column(name, justify="left" if name == "engine" else "right")
    for engine in dict.fromkeys(row.engine for row in rows if row.metric == "f1"):
        mine = [row for row in rows if row.engine == engine]
        table.add_row(engine, *(_worst(mine, metric) for metric in metrics))
    return table


def _worst(rows: Iterable[Row], metric: str) -> str:
    values = [row.value for row in rows if row.metric == metric and row.value is not None]
    if not values:
        return "-"
    digits = 0 if metric == "false_rings_per_100k" else 2
    return f"{(min if metric in WORST_LOW else max)(values):.{digits}f} ({np.median(values):.{digits}f})"


def _pooled(rows: Sequence[Row]) -> Table:
    table = Table(title="Honest groups, pooled over all seeds and both hardnesses", title_justify="left")
    for name in ("kind", "groups", "flagged", "share", "upper 95 % bound"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    total = totals(rows)
    kinds = sorted(name.removeprefix("decoys:") for name in total if name.startswith("decoys:"))
    bounds = {kind: upper_bound(total[f"flagged:{kind}"], total[f"decoys:{kind}"]) for kind in kinds}
    for kind in sorted(kinds, key=lambda one: -bounds[one]):
        groups, hit = total[f"decoys:{kind}"], total[f"flagged:{kind}"]
        table.add_row(kind, f"{groups:,}", str(hit), f"{hit / groups:.2%}", f"{bounds[kind]:.2%}")
    return table


def pooled(rows: Sequence[Row]) -> Iterator[str]:
    """Fairness and rewired worlds in words."""
    total = totals(rows)
    rate = {word: total[f"accused:{word}"] / max(total[f"honest:{word}"], 1) for word in OCCUPATIONS}
    if rate["salaried"]:
        yield f"self-employed over salaried, honest people in rings: {rate['self_employed'] / rate['salaried']:.2f}"
    yield "honest people in rings: " + ", ".join(f"{word} {share:.4%}" for word, share in rate.items())
    yield f"rewired: {total['rings_in_rewired']} rings among {total['people_rewired']:,} people"


def totals(rows: Iterable[Row]) -> dict[str, int]:
    """Counts of ours, summed over all worlds."""
    total: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.engine == OURS and row.value is not None:
            total[row.metric] += int(row.value)
    return total


def _row(world: World, engine: str, metric: str, value: float | None) -> Row:
    return Row("generated", world.seed, world.hardness, engine, metric, value)


def _kept(file: Path) -> list[Row]:
    """The rows of peers that were measured before."""
    rows = [Row(**row) for row in json.loads(file.read_text(encoding="utf-8"))]
    return [row for row in rows if not row.engine.startswith(OURS)]


def _write(file: Path | None, rows: Sequence[Row]) -> None:
    if file:
        lines = ",\n".join(json.dumps(asdict(row)) for row in rows)
        file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small world, under 45 s on two cores")
    parser.add_argument("--json", type=Path, help="also write the rows as one JSON array")
    parser.add_argument("--store", help="accepted for all benchmarks; this one needs no server")
    parser.add_argument("--people", type=int, help="people of each world (60,000)")
    parser.add_argument("--seeds", type=int, nargs="+", default=TEST_SEEDS, help="seeds that test")
    parser.add_argument("--more", type=int, nargs="*", default=[], help="seeds that only count honest groups")
    parser.add_argument(
        "--ours-only", action="store_true", help="keep the peers' rows of the JSON file, measure ours again"
    )
    parser.add_argument("--home", type=Path, help="keep the worlds here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
