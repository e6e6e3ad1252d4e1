"""What each step of the ring stage adds: the stage without it, on the same worlds, beside the whole.

A step is left out by putting one that proposes nothing, changes nothing or says nothing in its place. Precision and
recall as in :mod:`ring_world`, of all worlds together and in the worst; one row a step. Not timed.
"""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import msgspec
import numpy as np
from ring_world import World, figures, made
from rings import reported
from scipy.special import expit

from graphfraud.rings import judgement, selection
from graphfraud.rings.find import rings
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Floats, Groups
from graphfraud.rings.lineage import Parents
from graphfraud.rings.model import Model
from graphfraud.settings import Settings
from graphfraud.snapshot.links import Links, links


def _no_groups(ground: Ground, *_: object, **__: object) -> Groups:
    return Groups.none(ground.people)


def _none_refined(_crowd: object, _likely: object, people: int, **_: object) -> Groups:
    return Groups.none(people)


def _no_gaps(ground: Ground, *_: object) -> Links:
    nobody = np.zeros(0, np.int32)
    return Links(ground.people, nobody, nobody, np.zeros(0), np.zeros(0, np.uint8))


def _as_it_was(first: Any, *_: object) -> Any:
    return first


def _said_by_rank(self: Model, columns: dict[str, Floats]) -> Floats:
    return self.whole.score(expit(columns["FRAUD"]), expit(columns["ONE-RING"]))


WITHOUT: Final[dict[str, tuple[tuple[object, str, object], ...]]] = {
    "nothing": (),
    "unions of pieces": ((judgement, "unions", _no_groups),),
    "circles of suspects": ((judgement, "circles", _no_groups),),
    "variants, grown and shrunk": ((judgement, "variants", _no_groups),),
    "members told anew": ((judgement, "refined", _none_refined),),
    "money that fits a gap": ((judgement, "gaps", _no_gaps),),
    "the second round": ((judgement, "ROUNDS", 1),),
    "moving by the night's labels": ((judgement, "refitted", _as_it_was),),
    "exchange in the choice": ((selection, "_exchanged", _as_it_was),),
    "the verdict": ((Model, "said", _said_by_rank),),
}
"""Each step with what takes its place."""
GATE: Final = "the gate of significance"


@contextmanager
def without(step: str) -> Iterator[None]:
    """The ring stage without one step."""
    with ExitStack() as stack:
        for owner, name, instead in WITHOUT.get(step, ()):
            stack.enter_context(patch.object(owner, name, instead))
        yield


def measured(world: World, linked: Links, step: str) -> tuple[int, int, int, int]:
    """Rings reported, right ones and false ones, and true rings there, without one step."""
    settings = Settings()
    if step == GATE:
        settings = msgspec.structs.replace(settings, rings=msgspec.structs.replace(settings.rings, max_q=2.0))
    nothing = np.zeros(world.people)
    with without(step):
        night = rings(
            world.snapshot, world.shared, linked, passed_on=nothing, parents=Parents.none(), settings=settings
        )
    seen = figures(world, reported(world.snapshot, night.rings, night.members).rings)
    return seen.reported, round(seen.precision * seen.reported), seen.false_rings, len(world.rings.sizes)


def main() -> None:
    """Every step over every world; print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path, required=True, help="where worlds are kept")
    parser.add_argument("--people", type=int, default=30_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[206, 207, 208, 209, 210])
    parser.add_argument("--hardness", default="high")
    given = parser.parse_args()
    rows: dict[str, list[tuple[int, int, int, int]]] = {}
    for seed in given.seeds:
        world = made(given.home, people=given.people, seed=seed, hardness=given.hardness)
        linked = links(world.snapshot, world.shared, settings=Settings().links)
        for step in (*WITHOUT, GATE):
            rows.setdefault(step, []).append(measured(world, linked, step))
    for step, found in rows.items():
        told, right, false, there = np.array(found).T
        print(
            f"without {step:30} precision {right.sum() / told.sum():.3f} worst {(right / told).min():.3f}"
            f"  recall {right.sum() / there.sum():.3f} worst {(right / there).min():.3f}  false {false.sum()}"
        )


if __name__ == "__main__":
    main()
