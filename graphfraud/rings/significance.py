"""Significance: could chance alone have tied so many people so often?

Null model: each thing keeps its number of users and each person their number
of things of a type, but who uses what is drawn at random (the bipartite
configuration model, per type). A group of s people with D uses of a type with U
uses in all then shares a thing with c users by chance about ``c(c-1)/2 * (D/U)^2``
times. The surplus of a group, the sum over things of (members using it - 1), is
compared with a Poisson of that mean. Since groups were chosen for being dense,
the tail is multiplied by the number of groups of that size that could have been
chosen, ``C(people, s)``: a bound over all of them, so that no search can cheat it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, pdtrc
from scipy.stats import false_discovery_control

from graphfraud.rings.candidates import NOBODY
from graphfraud.snapshot.sharing import THING_TYPES, Uses


@dataclass(frozen=True, eq=False)
class Surplus:
    """For each candidate: its size, its surplus of sharing and what chance would give."""

    size: npt.NDArray[np.int64]
    surplus: npt.NDArray[np.int64]
    expected: npt.NDArray[np.float64]


def surplus(shared: Uses, group: npt.NDArray[np.int32], *, hub_limit: int) -> Surplus:
    """Sharing inside each candidate beyond the first user of each thing, hubs left out."""
    groups = int(group.max(initial=NOBODY)) + 1
    found, expected = np.zeros(groups, np.int64), np.zeros(groups)
    for kind in range(len(THING_TYPES)):
        rows = np.flatnonzero(shared.type == kind)
        if not len(rows):
            continue
        _, thing, users = np.unique(shared.thing[rows], return_inverse=True, return_counts=True)
        rows, thing = rows[users[thing] <= hub_limit], thing[users[thing] <= hub_limit]
        users = users[users <= hub_limit].astype(np.float64)
        member = group[shared.person[rows]]
        inside = member != NOBODY
        found += _repeats(member[inside], thing[inside], groups)
        used = np.bincount(member[inside], minlength=groups)
        expected += (users * (users - 1) / 2).sum() * (used / max(len(rows), 1)) ** 2
    return Surplus(np.bincount(group[group != NOBODY], minlength=groups), found, expected)


def _repeats(member: npt.NDArray[np.int32], thing: npt.NDArray[np.int64], groups: int) -> npt.NDArray[np.int64]:
    """Uses of each group beyond the first of each thing."""
    width = int(thing.max(initial=0)) + 1
    first = np.unique(member.astype(np.int64) * width + thing) // width
    return np.bincount(member, minlength=groups) - np.bincount(first, minlength=groups)


def p_values(measured: Surplus, *, people: int) -> npt.NDArray[np.float64]:
    """Chance that any group of that size shares so much, at most 1."""
    tail = pdtrc(np.maximum(measured.surplus - 1, 0), np.maximum(measured.expected, 1e-12))
    tail = np.where(measured.surplus > 0, tail, 1.0)
    size = measured.size.astype(np.float64)
    choices = gammaln(people + 1) - gammaln(size + 1) - gammaln(people - size + 1)
    logged = np.log(np.maximum(tail, 1e-300)) + choices
    return np.asarray(np.exp(np.minimum(logged, 0.0)))


def q_values(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Share of false discoveries if everything at least as significant is reported (Benjamini-Hochberg 1995)."""
    return np.asarray(false_discovery_control(p)) if len(p) else p
