"""What honest groups hold in common whatever they are: a switchboard, a card, a mailbox, a device in the hall."""

from typing import Final

import numpy as np

from graphfraud.settings import DAY_US
from graphfraud.worlds.acts import devices, identifiers, logins
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import things
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.recipe import AS_OF_US, HISTORY_US, Flags, Ints
from graphfraud.worlds.sheets import Effect, Sheet
from graphfraud.worlds.stage import Stage

_PAPERS: Final = {"phone": 0.18, "card": 0.14, "address": 0.12, "email": 0.12}
_DEVICE: Final = 0.15
_CLOSE: Final = frozenset({"family", "relatives", "dormitory", "village", "office", "market", "co_operative", "helper"})
"""Groups that know each other well enough to share twice as often."""
_FIRST_ITEM: Final = 96


def common(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Parts of some groups share a paper or a device, most since long ago, some since one day they all signed up."""
    sheets: list[Sheet] = []
    often = stage.hard.density * (1.0 if cast.kind in _CLOSE else 0.5)
    for item, (kind, share) in enumerate(_PAPERS.items()):
        rows, thing = _parts(cast, rng, share * often, _FIRST_ITEM + item * 40)
        rows, thing = _recorded(stage, rng, rows, thing)
        sheets.append(identifiers(cast.people[rows], kind, thing, _since(rng, cast)[rows]))
    rows, thing = _parts(cast, rng, _DEVICE * often, _FIRST_ITEM - 40)
    rows, thing = _recorded(stage, rng, rows, thing)
    at = soon(rng, np.full(len(rows), AS_OF_US - HISTORY_US), 119)
    home = stage.population.home_ip[cast.people[rows]]
    return Effect((), (*sheets, devices(rng, np.unique(thing)), logins(rng, cast.people[rows], thing, home, at)))


def _parts(cast: Cast, rng: np.random.Generator, share: float, first: int) -> tuple[Ints, Ints]:
    rows, part = cast.parts(rng, 3, 14)
    held: Flags = (cast.spread(rng, 0, 1) < share)[rows] & (rng.random(len(rows)) < cast.spread(rng, 0.5, 1)[rows])
    return rows[held], things(cast.kind, cast.ring[rows[held]], first + part[held])


def _recorded(stage: Stage, rng: np.random.Generator, rows: Ints, thing: Ints) -> tuple[Ints, Ints]:
    kept = stage.recorded(rng, len(rows))
    return rows[kept], thing[kept]


def _since(rng: np.random.Generator, cast: Cast) -> Ints:
    """Long ago, each at a time of their own; or all within the days in which the group came together."""
    known = AS_OF_US - (rng.uniform(30, 900, len(cast.people)) * DAY_US).astype(np.int64)
    together = cast.spread(rng, 0, 1) < 0.3
    return whole_seconds(np.where(together, soon(rng, cast.began, cast.days), known))
