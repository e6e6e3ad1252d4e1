"""Roles: who organises a ring, who passes its money on, who was recruited."""

from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import NOBODY

ROLES: Final = ("organiser", "mule", "recruit", "member")
MULE_FROM: Final = 0.8
"""Share of received money passed on within a day from which a member is a mule."""


def roles(
    group: npt.NDArray[np.int32],
    strength: npt.NDArray[np.float64],
    passed_on: npt.NDArray[np.float64],
    registered_at: npt.NDArray[np.int64],
) -> npt.NDArray[np.int8]:
    """Role of each person as a place in :data:`ROLES`; meaningless outside rings.

    The organiser is the member with the strongest links; of equals the one who registered first, then the
    smaller id. A recruit registered last third and hangs on by less than half the organiser's strength.
    """
    role = np.full(len(group), ROLES.index("member"), np.int8)
    members = np.flatnonzero(group != NOBODY)
    order = members[np.lexsort((members, registered_at[members], group[members]))]
    sizes = np.bincount(group[order])
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    late = rank >= 2 * np.repeat(sizes, sizes) / 3
    role[order[late & (strength[order] < 0.5)]] = ROLES.index("recruit")
    role[members[passed_on[members] >= MULE_FROM]] = ROLES.index("mule")
    first = np.lexsort((members, registered_at[members], -strength[members], group[members]))
    chosen = members[first]
    leads = np.r_[True, group[chosen][1:] != group[chosen][:-1]][: len(chosen)]
    role[chosen[leads]] = ROLES.index("organiser")
    return role
