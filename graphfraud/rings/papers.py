"""Papers: which phones, cards, addresses and documents the members of a group share, and since when."""

from typing import Final

import numpy as np

from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Floats, Groups, Rows
from graphfraud.rings.meeting import HOUSEHOLD, LATELY_DAYS, spread_days, used_together
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import NEVER
from graphfraud.snapshot.sharing import FOREVER, THING_TYPES

TAKEN_OVER_US: Final = 15 * DAY_US
"""A new phone within so many days after the old one ended replaces it."""


def terms(ground: Ground, groups: Groups) -> dict[str, Floats]:
    """Terms of shared identifiers."""
    group, use = ground.uses_of.rows(groups)
    paper = ground.shared.type[use] < THING_TYPES.index("device")
    group, use = group[paper], use[paper]
    together = used_together(group, ground.shared.thing[use], ground.shared.person[use])
    group, use = group[together], use[together]
    share = {name: _share(ground, groups, group, use, (name,)) for name in THING_TYPES[:5]}
    card = _share(ground, groups, group, use, ("national_id", "card"))
    kinds = np.sum([value >= 1 / 3 for value in share.values()], axis=0)
    small = groups.size <= HOUSEHOLD
    return {
        "RG-IDENTITY": card,
        "RG-PHONE": _share(ground, groups, group, use, ("phone", "email")),
        "RG-ADDRESS": share["address"],
        "RG-DOCUMENT": share["national_id"],
        "RG-TYPES": np.clip((kinds - 1) / 2.0, 0.0, 1.0),
        "RG-PAPER-BURST": _lately(ground, groups, group, use),
        "RG-TAKEN-OVER": _taken_over(ground, groups, group, use),
        "RI-HOUSEHOLD": share["address"] * small,
    }


def _share(ground: Ground, groups: Groups, group: Rows, use: Rows, names: tuple[str, ...]) -> Floats:
    chosen = np.isin(ground.shared.type[use], [THING_TYPES.index(name) for name in names])
    return groups.share(group[chosen], ground.shared.person[use[chosen]])


def _lately(ground: Ground, groups: Groups, group: Rows, use: Rows) -> Floats:
    """How close in time the shared identifiers were taken: 1 at one moment, 1/2 at ten days of mean distance."""
    known = ground.shared.first_at[use] != NEVER
    group, since = group[known], ground.shared.first_at[use[known]]
    several = np.bincount(group, minlength=len(groups)) > 1
    return several / (1.0 + spread_days(group, since, len(groups)) / LATELY_DAYS)


def _taken_over(ground: Ground, groups: Groups, group: Rows, use: Rows) -> Floats:
    """Share of members who hold a shared phone since shortly after their own phone ended."""
    shared, phone = ground.shared, THING_TYPES.index("phone")
    ended = np.full(ground.people, NEVER, np.int64)
    gone = np.flatnonzero((shared.type == phone) & (shared.last_at != FOREVER))
    np.maximum.at(ended, shared.person[gone], shared.last_at[gone])
    mine = np.flatnonzero(shared.type[use] == phone)
    person, since = shared.person[use[mine]], shared.first_at[use[mine]]
    near = (ended[person] != NEVER) & (since != NEVER) & (np.abs(since - ended[person]) <= TAKEN_OVER_US)
    return groups.share(group[mine[near]], person[near])
