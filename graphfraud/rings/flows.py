"""Flows: money that came to a person and went on soon after, hardly less.

A flow is a pair of payments ``a -> b`` and ``b -> c``: the second follows within the
window and carries at least ``flow_share`` of the first. Its surprise is minus the
decimal logarithm of the number of such pairs that chance would give: how often
``b`` pays, times the time between, times how near the amounts are. Cost: for each
payment, the payments its receiver makes within the window.
"""

from dataclasses import dataclass
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import Flags, Floats, Rows
from graphfraud.settings import DAY_US, RingSettings
from graphfraud.snapshot.graph import Snapshot

EXACTNESS: Final = 0.005
"""Amounts nearer than this (logarithm) are equally near: round sums repeat."""
SPREAD: Final = 2.0
"""Width of the usual distribution of amounts, natural logarithm."""
MIN_SPAN_US: Final = 30 * DAY_US
Share = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Transfers:
    """Payments from person to person, sorted by payer, then time; fen and UTC microseconds."""

    payer: npt.NDArray[np.int32]
    payee: npt.NDArray[np.int32]
    fen: Rows
    at: Rows

    def __len__(self) -> int:
        return len(self.payer)


@dataclass(frozen=True, eq=False)
class Flows:
    """Pairs of transfers, as places in ``transfers``: money ``came`` and ``went`` on, with its surprise."""

    transfers: Transfers
    came: Rows
    went: Rows
    surprise: Floats

    def where(self, keep: Flags) -> "Flows":
        """Only some of the flows."""
        return Flows(self.transfers, self.came[keep], self.went[keep], self.surprise[keep])


def transfers(snapshot: Snapshot) -> Transfers:
    """All transfers between two different people."""
    rows, people = snapshot["payments"], snapshot.people
    payer, payee = rows["payer_id"], rows["payee_id"]
    chosen = np.flatnonzero((payer < people) & (payee < people) & (payer != payee) & (payer >= 0) & (payee >= 0))
    order = chosen[np.lexsort((rows["amount"][chosen], payee[chosen], rows["at"][chosen], payer[chosen]))]
    return Transfers(payer[order], payee[order], rows["amount"][order], rows["at"][order])


def flows(snapshot: Snapshot, settings: RingSettings) -> Flows:
    """Flows whose surprise is at least ``settings.flow_surprise``."""
    sent = transfers(snapshot)
    start = np.searchsorted(sent.payer, np.arange(snapshot.people + 1))
    window = settings.flow_days * DAY_US
    share = (settings.flow_share, 1.0)
    came, went = followed(start, (sent.at, sent.fen), (sent.payee, sent.at, sent.fen), window, share)
    every = Flows(sent, came, went, _surprise(sent, start, came, went))
    return every.where(every.surprise >= settings.flow_surprise)


@nb.njit(cache=True)
def followed(
    start: Rows, later: tuple[Rows, Rows], first: tuple[npt.NDArray[np.int32], Rows, Rows], window: int, share: Share
) -> tuple[Rows, Rows]:
    """Every two rows i, j: j is of i's person, after it within the window, and of nearly its amount.

    ``first`` is person, time and fen of the rows i; ``later`` is time and fen of the rows j, sorted by person, then
    time, whose rows of each person ``start`` bounds; ``share`` is the least and the most that j is of i.
    """
    at, fen = later
    person, since, whole = first
    least, most = share
    found = 0
    for step in range(2):
        if step == 1:
            before, after = np.empty(found, np.int64), np.empty(found, np.int64)
            found = 0
        for i in range(len(person)):
            low, high = start[person[i]], start[person[i] + 1]
            j = low + np.searchsorted(at[low:high], since[i], side="right")
            while j < high and at[j] - since[i] <= window:
                if least * whole[i] <= fen[j] <= most * whole[i]:
                    if step == 1:
                        before[found] = i
                        after[found] = j
                    found += 1
                j += 1
    return before, after


def by_chance(sent: Transfers, came: Rows, went: Rows, often: Rows | int, *, least_us: int) -> Floats:
    """How many payments so soon after and so near in amount chance lets expect of ``often`` that there are.

    They fall evenly into the time of all transfers, ``least_us`` at least.
    """
    span = max(int(np.ptp(sent.at)) if len(sent) else 0, least_us)
    near = np.log(np.maximum(sent.fen[came], 1) / np.maximum(sent.fen[went], 1)) + EXACTNESS
    return np.asarray(often * (sent.at[went] - sent.at[came]) / span * near / SPREAD)


def _surprise(sent: Transfers, start: Rows, came: Rows, went: Rows) -> Floats:
    made = np.diff(start)[sent.payee[came]]
    chance = by_chance(sent, came, went, made, least_us=MIN_SPAN_US)
    return np.asarray(-np.log10(np.clip(chance, 1e-12, 1.0)))
