"""Growth: a promising group with the outsiders who are firmly tied to it, and without the members who are not."""

from typing import Final

import numpy as np

from graphfraud.rings.families import FAMILIES
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import ByPerson, Groups, together
from graphfraud.settings import RingSettings

FIRM: Final = 1.5
"""Who is tied to a group by this weight in all is tied firmly: a shared phone or device, or two lesser things."""


def variants(ground: Ground, groups: Groups, *, settings: RingSettings) -> Groups:
    """Each group grown, and each group pruned to its core, where that is another group.

    Cost: the ties of the members.
    """
    tied = ground.tied
    a, b = np.concatenate([tied.a, tied.b]), np.concatenate([tied.b, tied.a])
    weight = np.concatenate([tied.weight, tied.weight])
    group, row = ByPerson.of(a, ground.people).rows(groups)
    width = max(ground.people, 1)
    key, place = np.unique(group * width + b[row], return_inverse=True)
    pull = np.bincount(place, weight[row], len(key))
    owner, person = key // width, key % width
    inside = groups.has(owner, person)
    joining = (pull >= FIRM) & ~inside
    core = inside & (pull >= FIRM)
    grown = _of(
        groups,
        np.concatenate([groups.number, owner[joining]]),
        np.concatenate([groups.person, person[joining]]),
    )
    return together([grown, _of(groups, owner[core], person[core])]).sized(settings.min_size, settings.max_size)


def _of(groups: Groups, group: np.ndarray, person: np.ndarray) -> Groups:
    return Groups.of(groups.people, group, person, FAMILIES.index("grown"))
