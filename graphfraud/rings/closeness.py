"""Closeness: how far the ties of a group's members end inside the group."""

import numpy as np

from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import ByPerson, Floats, Groups


def terms(ground: Ground, groups: Groups) -> dict[str, Floats]:
    """Terms of ties: the share of their weight that stays inside, and how many pairs are tied."""
    tied = ground.tied
    volume = np.bincount(tied.a, tied.weight, ground.people) + np.bincount(tied.b, tied.weight, ground.people)
    group, row = ByPerson.of(tied.a, ground.people).rows(groups)
    inside = groups.has(group, tied.b[row])
    group, row = group[inside], row[inside]
    held = 2.0 * np.bincount(group, tied.weight[row], len(groups))
    pairs = np.maximum(groups.size * (groups.size - 1) / 2.0, 1.0)
    return {
        "RG-CLOSED": held / np.maximum(groups.total(volume), 1e-9) * (held > 0),
        "RG-DENSE": np.bincount(group, minlength=len(groups)) / pairs,
    }
