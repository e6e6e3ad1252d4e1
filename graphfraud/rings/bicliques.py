"""Bicliques: several payers who share several payees within a window."""

from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.rings.fans import bursts
from graphfraud.rings.groups import Flags, joined
from graphfraud.rings.ledger import Ledger
from graphfraud.rings.shapes import Shapes, pairs, together
from graphfraud.settings import DAY_US

SHARED_DAYS: Final = 9
CROWDED: Final = 24
"""At a payee with more payments within the window only the next so many are compared."""
LEAST: Final = 2
MOST: Final = 20
CLUSTER_PAUSES_DAYS: Final = (1.0, 4.0)
BRISK: Final = 0.2
"""Two payments of an account follow each other briskly when chance would let expect so many between them at most."""


def bicliques(ledger: Ledger) -> Shapes:
    """Groups of payments joined by butterflies: two payers who pay the same two payees within the window."""
    got = ledger.received
    a, b = meetings(got.start, got.row, ledger.source, ledger.at, SHARED_DAYS * DAY_US, CROWDED)
    low, high = np.minimum(ledger.source[a], ledger.source[b]), np.maximum(ledger.source[a], ledger.source[b])
    order = np.lexsort((ledger.at[a], high, low))
    a, b, low, high = a[order], b[order], low[order], high[order]
    new = np.r_[
        True,
        (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (ledger.at[a[1:]] - ledger.at[a[:-1]] > SHARED_DAYS * DAY_US),
    ][: len(a)]
    pair = np.cumsum(new) - 1
    shared = np.bincount(pairs(pair, ledger.target[a])[0], minlength=int(pair.max(initial=-1)) + 1)
    kept = shared[pair] >= LEAST
    a, b, pair = a[kept], b[kept], pair[kept]
    first = np.zeros(len(shared), np.int64)
    first[pair[::-1]] = a[::-1]
    label = joined(np.r_[a, a], np.r_[b, first[pair]], len(ledger))
    rows = np.unique(np.concatenate([a, b]))
    return Shapes.of("bipartite", label[rows], rows)


def clusters(ledger: Ledger, odd: Flags) -> Shapes:
    """Payments out of the ordinary that common accounts join without a long pause, and what else passes inside.

    An account that has many partners in one such burst joins nothing: it is a hub.
    """
    parts = []
    for pause in CLUSTER_PAUSES_DAYS:
        a, b = [], []
        for side, account, other in (
            (ledger.paid, ledger.source, ledger.target),
            (ledger.received, ledger.target, ledger.source),
        ):
            row = side.row[odd[side.row]]
            burst = bursts(account, ledger.at, row, pause)
            partners = np.bincount(pairs(burst, other[row])[0], minlength=int(burst.max(initial=-1)) + 1)
            narrow = partners <= CROWDED // 2
            same = (np.diff(burst) == 0) & narrow[burst[1:]]
            a.append(row[:-1][same])
            b.append(row[1:][same])
        first, second = np.concatenate(a), np.concatenate(b)
        rows = np.unique(np.concatenate([first, second]))
        found = Shapes.of("cluster", joined(first, second, len(ledger))[rows], rows)
        parts.append(found.only((found.size > LEAST) & (found.size <= MOST) & _sided(ledger, found)))
    return together(parts)


def brisk(ledger: Ledger) -> Shapes:
    """Payments that common accounts join, each soon after the one before for an account that deals so rarely.

    No payment need be out of the ordinary; the longest pause is :data:`SHARED_DAYS`. Those who pay one account the
    very same sum pay a price, and are not joined by it. Cost: a pass over the payments.
    """
    a, b = [], []
    for side, account in ((ledger.paid, ledger.source), (ledger.received, ledger.target)):
        before, after = side.row[:-1], side.row[1:]
        others = np.maximum(np.diff(side.start)[account[after]] - 2, 0) + 0.5
        pause = np.minimum(BRISK * ledger.span / others, SHARED_DAYS * DAY_US)
        near = (account[before] == account[after]) & (ledger.at[after] - ledger.at[before] <= pause)
        if side is ledger.received:
            near &= ledger.fen[before] != ledger.fen[after]
        a.append(before[near])
        b.append(after[near])
    first, second = np.concatenate(a), np.concatenate(b)
    rows = np.unique(np.concatenate([first, second]))
    found = Shapes.of("cluster", joined(first, second, len(ledger))[rows], rows)
    return found.only((found.size > LEAST) & (found.size <= MOST) & _sided(ledger, found))


def _sided(ledger: Ledger, found: Shapes) -> Flags:
    """Two payers and two payees at least, and nobody who is both."""
    payer = pairs(found.number, ledger.source[found.row])
    payee = pairs(found.number, ledger.target[found.row])
    payers, payees = (np.bincount(side[0], minlength=len(found)) for side in (payer, payee))
    everybody = np.bincount(found.accounts(ledger)[0], minlength=len(found))
    return np.asarray((payers >= LEAST) & (payees >= LEAST) & (payers + payees == everybody))


@nb.njit(cache=True)
def meetings(
    start: npt.NDArray[np.int64],
    row: npt.NDArray[np.int64],
    source: npt.NDArray[np.int32],
    at: npt.NDArray[np.int64],
    window: int,
    crowded: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Every two payments of different payers to one payee within the window, the earlier one first.

    Each is compared with the next ``crowded`` only. Cost: payments times ``crowded``.
    """
    found = 0
    for step in range(2):
        if step == 1:
            one, other = np.empty(found, np.int64), np.empty(found, np.int64)
            found = 0
        for account in range(len(start) - 1):
            for place in range(start[account], start[account + 1]):
                i = row[place]
                for beside in range(place + 1, min(place + 1 + crowded, start[account + 1])):
                    j = row[beside]
                    if at[j] - at[i] > window:
                        break
                    if source[i] != source[j]:
                        if step == 1:
                            one[found] = i
                            other[found] = j
                        found += 1
    return one, other
