"""Learn what a ring is from generated worlds and write weights.toml and the trees beside it in graphfraud/rings.

The trees ask whether a group is fraud: at least seven in ten members belong to rings, or it is a
ring (Jaccard index one half). They never fall with a term for a ring nor rise with an innocent one.
Of those that they find promising other trees ask who belongs, and which parts belong together; and a
regression asks by what these say whether a group is one whole ring. The worlds that teach each are judged
by trees that never saw these worlds. The verdict learns from the
candidates that win in such worlds, and in some of them with every tie drawn anew, where nothing is a
ring. Each row stands twice at half weight, once with the terms that rest on labels hidden, so that
fresh rings are found too. Groups that name the same people share their weight.

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

import msgspec
import numpy as np
from pyarrow import csv
from ring_learning import (
    BELONGING,
    BOOSTED,
    SAYING,
    WHOLE_PENALTY,
    Rows,
    belonging,
    fitted,
    fraud_rows,
    verdict_fitted,
    whole_fitted,
)
from ring_samples import Beside, Sample, World, against, other_world, own_world

from graphfraud.rings.judgement import judged
from graphfraud.rings.model import BELONGS, SAID, TOGETHER, TREES, WEIGHTS, Model, read_model
from graphfraud.rings.whole import Whole
from graphfraud.settings import Settings

OWN, OWN_PEOPLE = "graphfraud", 30_000
OWN_SEEDS: Final = (*range(101, 133), *range(138, 146), *range(151, 154), *range(171, 176), *range(181, 186), *range(191, 196))  # fmt: skip
HARD_SEEDS: Final = range(221, 281)
REWIRED, EVERY = "rewired", 4
"""Of the worlds of our own one in so many teaches with its ties drawn anew."""
OTHERS, OTHER_PEOPLE, OTHER_SEEDS = ("streets", "recruits", "lookalikes"), 60_000, (1, 2)
PEOPLE_EVERY, PAIRS_EVERY = 24, 6
"""One person beside a group, and one part and whole, in so many teaches."""
HARDNESS: Final = ("medium", "high")
OWN_WORLDS: Final = [
    *((seed, level) for seed in OWN_SEEDS for level in HARDNESS),
    *((seed, "high") for seed in HARD_SEEDS),
]
"""Seed and hardness of each world of our own."""
HERE: Final = Path(__file__).parent
HEAD: Final = """# What tells a whole ring from a piece of one, in log-odds; written by benchmarks/fit_rings.py, not by hand.
# The trees beside it, and these weights, were learned from {worlds} worlds: {generators}.
# Candidates: {candidates}, of them rings: {rings} (Jaccard index with a true ring at least 1/2).
# Ridge penalty: {whole} a term; trees: {trees};
# those of the verdict: {verdict};
# of who belongs and what belongs together: {belonging}; every row also with labels hidden.
"""


@dataclass(frozen=True, eq=False)
class Lesson:
    """A world, who made it, and its candidates."""

    generator: str
    world: World
    sample: Sample

    def beside(self, model: Model, settings: Settings) -> list[Beside]:
        """The promising candidates by a model that never saw this world."""
        return self.world.beside(self.sample, model, settings)


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
            for seed, hardness in OWN_WORLDS
        ]
    }
    for generator in OTHERS:
        made[generator] = []
        for seed in OTHER_SEEDS:
            for hardness in HARDNESS:
                home = place / generator / f"{hardness}-{seed}"
                made[generator].append(_other(generator, home, seed, hardness, settings))
    return made | {REWIRED: [world.rewired(seed) for seed, world in enumerate(made[OWN][::EVERY])]}


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
    """Trees from all lessons; what learns from what trees say learns it from trees that saw only every other one."""
    real = [one for one in lessons if one.generator != REWIRED]
    halves = [fitted(fraud_rows([one.sample for one in real[other::2]])) for other in (1, 0)]
    asked = [_asked(one.beside(halves[number % 2], settings)) for number, one in enumerate(real)]
    unseen = [_belonging(asked[other::2]) for other in (1, 0)]
    weighed = [
        part.weighed(unseen[number % 2])
        for number, one in enumerate(real)
        for part in one.beside(halves[number % 2], settings)
    ]
    whole = whole_fitted(weighed, _belonging(asked))
    rewired = [one for one in lessons if one.generator == REWIRED]
    nothing = [part.weighed(unseen[0]) for one in rewired for part in one.beside(halves[0], settings)]
    model = fitted(fraud_rows([one.sample for one in real]))
    return replace(model, whole=whole, verdict=verdict_fitted([*weighed, *nothing], whole))


def _asked(parts: Sequence[Beside]) -> tuple[Rows, Rows]:
    """Who belongs to the rings of one world, and which parts together."""
    members, pairs = ([part.of_members(PEOPLE_EVERY) for part in parts], [part.of_pairs(PAIRS_EVERY) for part in parts])
    return Rows.together(members), Rows.together(pairs)


def _belonging(asked: Sequence[tuple[Rows, Rows]]) -> Whole:
    members, pairs = (Rows.joined([one[side] for one in asked]) for side in (0, 1))
    return belonging(members, pairs)


def tried(world: World, model: Model, settings: Settings) -> str:
    """Precision and recall on a world, in a line for each least score."""
    found = judged(world.ground, model, settings=settings)
    rings = int(world.ring.max()) + 1
    known = np.bincount(world.ring[(world.ring >= 0) & world.ground.known], minlength=rings) > 0
    lines = []
    for least in (0.5, 0.6, 0.7, 0.8):
        limits = msgspec.structs.replace(settings.rings, min_score=least)
        truth = against(world.ring, found.reported(limits).groups)
        right = truth.jaccard >= 0.5
        hit = np.isin(np.arange(rings), truth.ring[right])
        lines.append(f"{least}: P {right.mean():.3f} R {hit.mean():.3f} fresh {hit[~known].mean():.3f}")
    return " | ".join(lines)


def written(model: Model, lessons: Sequence[Lesson], output: Path) -> None:
    """All files."""
    counted: dict[str, int] = {}
    for one in lessons:
        counted[one.generator] = counted.get(one.generator, 0) + 1
    head = HEAD.format(
        worlds=len(lessons),
        generators=", ".join(f"{count} of {generator}" for generator, count in counted.items()),
        candidates=sum(len(one.sample.groups) for one in lessons),
        rings=sum(int((one.sample.truth.jaccard >= 0.5).sum()) for one in lessons),
        whole=WHOLE_PENALTY,
        trees=_grown(BOOSTED),
        verdict=_grown({name: value for name, value in SAYING.items() if value != BOOSTED[name]}),
        belonging=_grown({name: value for name, value in BELONGING.items() if value != BOOSTED[name]}),
    )
    output.write_text(_toml(model, head), encoding="utf-8")
    to = ((BELONGS, model.whole.members), (TOGETHER, model.whole.parts))
    for name, trees in ((TREES, model.trees), (SAID, model.verdict), *to):
        csv.write_csv(trees.table(), output.with_name(name), csv.WriteOptions(quoting_style="none"))
    print(head)


def _grown(settings: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())


def _toml(model: Model, head: str) -> str:
    whole = model.whole
    lines = [head, "[whole]", f"intercept = {whole.intercept}", f"slope = {whole.slope}", f"level = {whole.level}"]
    lines += ["", "[whole.terms]", *(f"{code} = {weight}" for code, weight in whole.terms.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
