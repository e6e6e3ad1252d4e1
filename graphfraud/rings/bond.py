"""Bond: the kind of evidence that holds most members of a group together."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import Floats

BONDS: Final = {
    "flow": ("RG-FLOW",),
    "shop": ("RG-PAYBACK", "RG-BONUS", "RG-RELAY"),
    "promise": ("RG-PROMISE",),
    "agent": ("RG-AGENT",),
    "papers": ("RG-IDENTITY", "RG-PHONE"),
    "device": ("RG-DEVICE", "RG-PLACE"),
}
"""Kinds of evidence by the terms that measure them, the rarer first: of equals it decides."""


def bond(found: Mapping[str, Floats]) -> tuple[npt.NDArray[np.int64], Floats]:
    """For each group the place in :data:`BONDS` of what holds most members, and their share."""
    held = holds(found)
    return np.asarray(np.argmax(held, axis=0), np.int64), np.max(held, axis=0)


def holds(found: Mapping[str, Floats]) -> Floats:
    """Share of the members of each group that each kind of evidence holds (kinds x groups)."""
    return np.stack([np.max([found[code] for code in codes], axis=0) for codes in BONDS.values()])
