"""Learn what a ring is from generated worlds and write graphfraud/rings/trees.csv and weights.toml.

The trees ask whether a group is fraud: at least seven in ten members belong to rings, or it is a
ring (Jaccard index one half). They never fall with a term for a ring nor rise with an innocent one.
The regressions ask, of those that the trees find promising, whether a group is one whole ring; the
worlds that teach them are judged by trees that never saw these worlds. Each row stands twice at half
weight, once with the terms that rest on labels hidden, so that fresh rings are found too. Groups that
name the same people share their weight.

One generator's fraud is not the next one's, so several teach: this project's own, and those in
``benchmarks/other_worlds``, each written by somebody who knew neither the others nor the method.
``--without NAME`` leaves one out and says how well its rings are found by what the others taught.
"""

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from pyarrow import csv
from ring_learning import BOOSTED, WHOLE_PENALTY, fitted, fraud_rows, whole_fitted
from ring_samples import Sample, World, against, other_world, own_world

from graphfraud.rings.judgement import judged
from graphfraud.rings.model import TREES, WEIGHTS, Model, read_model
from graphfraud.rings.selection import chosen
from graphfraud.settings import Settings

OWN, OWN_PEOPLE, OWN_SEEDS = "graphfraud", 30_000, tuple(range(101, 125))
OTHERS, OTHER_PEOPLE, OTHER_SEEDS = ("streets", "recruits", "lookalikes"), 60_000, (1, 2)
HARDNESS: Final = ("medium", "high")
HERE: Final = Path(__file__).parent
HEAD: Final = """# What tells a whole ring from a piece of one, in log-odds; written by benchmarks/fit_rings.py, not by hand.
# The trees beside it, and these weights, were learned from {worlds} worlds: {generators}.
# Candidates: {candidates}, of them rings: {rings} (Jaccard index with a true ring at least 1/2).
# Ridge penalty: {whole} a term; trees: {trees}; every row also with labels hidden.
"""


@dataclass(frozen=True, eq=False)
class Lesson:
    """A world, who made it, and its candidates."""

    generator: str
    world: World
    sample: Sample


def main() -> None:
    """Make the worlds, learn, write the files; or learn without one generator and try its worlds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, required=True, help="where worlds and snapshots are kept")
    parser.add_argument("--output", type=Path, default=WEIGHTS, help="the weights; the trees stand beside them")
    parser.add_argument("--start", type=Path, help="weights that propose what to put together; default: learned first")
    parser.add_argument("--without", choices=(OWN, *OTHERS), help="learn from the others, write nothing")
    given = parser.parse_args()
    settings = Settings()
    start = read_model(given.start) if given.start else None
    made = worlds(given.work, settings)
    if start is None:
        start = model_of(taught(made, None, settings), settings)
    lessons = taught(made, start, settings)
    if given.without:
        model = model_of([one for one in lessons if one.generator != given.without], settings)
        for one in lessons:
            if one.generator == given.without:
                print(tried(one.world, model, settings))
        return
    written(model_of(lessons, settings), lessons, given.output)


def worlds(place: Path, settings: Settings) -> dict[str, list[World]]:
    """Every world by its generator, made where it is not there yet."""
    made = {
        OWN: [
            own_world(place / OWN / f"{hardness}-{seed}", OWN_PEOPLE, seed, hardness, settings)
            for seed in OWN_SEEDS
            for hardness in HARDNESS
        ]
    }
    for generator in OTHERS:
        made[generator] = []
        for seed in OTHER_SEEDS:
            for hardness in HARDNESS:
                home = place / generator / f"{hardness}-{seed}"
                made[generator].append(_other(generator, home, seed, hardness, settings))
    return made


def _other(generator: str, home: Path, seed: int, hardness: str, settings: Settings) -> World:
    data = home / "world"
    if not (data / "as_of.txt").exists():
        script = HERE / "other_worlds" / f"{generator}.py"
        subprocess.run([sys.executable, script, data, str(OTHER_PEOPLE), str(seed), hardness], check=True)
    return other_world(home, data, datetime.fromisoformat((data / "as_of.txt").read_text().strip()), settings)


def taught(made: Mapping[str, Sequence[World]], model: Model | None, settings: Settings) -> list[Lesson]:
    """The candidates of every world, with a model also what it proposes to put together."""
    pairs = [(generator, world) for generator, several in made.items() for world in several]
    return [Lesson(generator, world, world.sample(settings, model)) for generator, world in pairs]


def model_of(lessons: Sequence[Lesson], settings: Settings) -> Model:
    """Trees from all lessons, weights of wholeness from trees that saw only every other one."""
    halves = [fitted(fraud_rows([one.sample for one in lessons[other::2]])) for other in (1, 0)]
    beside = [
        part
        for number, one in enumerate(lessons)
        for part in one.world.beside(one.sample, halves[number % 2], settings)
    ]
    return replace(fitted(fraud_rows([one.sample for one in lessons])), whole=whole_fitted(beside))


def tried(world: World, model: Model, settings: Settings) -> str:
    """Precision and recall on a world, in a line for each least score."""
    found = judged(world.ground, model, settings=settings)
    rings = int(world.ring.max()) + 1
    known = np.bincount(world.ring[(world.ring >= 0) & world.ground.known], minlength=rings) > 0
    lines = []
    for least in (0.5, 0.6, 0.7, 0.8):
        best = found.take(chosen(found.groups, found.score, found.score >= least))
        truth = against(world.ring, best.groups)
        right = truth.jaccard >= 0.5
        hit = np.isin(np.arange(rings), truth.ring[right])
        lines.append(f"{least}: P {right.mean():.3f} R {hit.mean():.3f} fresh {hit[~known].mean():.3f}")
    return " | ".join(lines)


def written(model: Model, lessons: Sequence[Lesson], output: Path) -> None:
    """Both files."""
    counted: dict[str, int] = {}
    for one in lessons:
        counted[one.generator] = counted.get(one.generator, 0) + 1
    head = HEAD.format(
        worlds=len(lessons),
        generators=", ".join(f"{count} of {generator}" for generator, count in counted.items()),
        candidates=sum(len(one.sample.groups) for one in lessons),
        rings=sum(int((one.sample.truth.jaccard >= 0.5).sum()) for one in lessons),
        whole=WHOLE_PENALTY,
        trees=", ".join(f"{name} {value}" for name, value in BOOSTED.items()),
    )
    output.write_text(_toml(model, head), encoding="utf-8")
    csv.write_csv(model.trees.table(), output.with_name(TREES), csv.WriteOptions(quoting_style="none"))
    print(head)


def _toml(model: Model, head: str) -> str:
    whole = model.whole
    lines = [head, "[whole]", f"belongs = {whole.belongs}", f"together = {whole.together}"]
    lines += [f"intercept = {whole.intercept}", f"slope = {whole.slope}", f"level = {whole.level}"]
    for name, weights in (("terms", whole.terms), ("members", whole.members), ("parts", whole.parts)):
        lines += ["", f"[whole.{name}]", *(f"{code} = {weight}" for code, weight in weights.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
