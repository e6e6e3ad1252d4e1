"""Middlemen: people who, soon after several others bought at one organisation, pay most of it to each of them.

A shop that turns credit into cash may not pay its customers itself. One customer who gets
the price of a purchase from a friend is nobody's customer; three, of one shop and one
person, are. Cost: for each purchase, the transfers its buyer gets within the window.
"""

from dataclasses import dataclass
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.rings.flows import Transfers
from graphfraud.rings.groups import Rows
from graphfraud.rings.returns import WINDOW_US
from graphfraud.snapshot.graph import Snapshot

LEAST, MOST = 0.6, 0.995
"""Shares of a purchase between which a middleman pays it back: something is always kept."""
CUSTOMERS: Final = 3
"""So many customers of one shop at least make a middleman."""


@dataclass(frozen=True, eq=False)
class Middlemen:
    """One row a purchase that was paid back by another person: buyer, organisation, that person, fen, and when."""

    person: npt.NDArray[np.int32]
    organisation: npt.NDArray[np.int32]
    middleman: npt.NDArray[np.int32]
    paid: Rows
    back: Rows


def middlemen(snapshot: Snapshot, sent: Transfers) -> Middlemen:
    """Every purchase that somebody paid back who did so to :data:`CUSTOMERS` customers of the organisation."""
    rows, people = snapshot["payments"], snapshot.people
    bought = np.flatnonzero((rows["payer_id"] < people) & (rows["payee_id"] >= people) & (rows["payer_id"] >= 0))
    got = np.lexsort((sent.fen, sent.payer, sent.at, sent.payee))
    start = np.searchsorted(sent.payee[got], np.arange(people + 1))
    buyer, price, at = rows["payer_id"][bought], rows["amount"][bought], rows["at"][bought]
    purchase, answer = _answered(start, (sent.at[got], sent.fen[got]), (buyer, at, price), WINDOW_US)
    purchase, answer = bought[purchase], got[answer]
    shop, payer = rows["payee_id"][purchase], sent.payer[answer]
    key = np.unique(np.stack([shop, payer, rows["payer_id"][purchase]]).astype(np.int64), axis=1)
    pairs, customers = np.unique(key[:2], axis=1, return_counts=True)
    width = max(people, 1)
    real = np.isin(shop.astype(np.int64) * width + payer, (pairs[0] * width + pairs[1])[customers >= CUSTOMERS])
    purchase, answer = purchase[real], answer[real]
    return Middlemen(
        person=rows["payer_id"][purchase],
        organisation=rows["payee_id"][purchase],
        middleman=sent.payer[answer],
        paid=rows["amount"][purchase],
        back=sent.fen[answer],
    )


@nb.njit(cache=True)
def _answered(
    start: Rows, got: tuple[Rows, Rows], bought: tuple[npt.NDArray[np.int32], Rows, Rows], window: int
) -> tuple[Rows, Rows]:
    """Every purchase (buyer, time, fen) and transfer (time, fen) to its buyer, later, of nearly the price."""
    got_at, got_fen = got
    buyer, at, price = bought
    found = 0
    for step in range(2):
        if step == 1:
            purchase, answer = np.empty(found, np.int64), np.empty(found, np.int64)
            found = 0
        for row in range(len(buyer)):
            low, high = start[buyer[row]], start[buyer[row] + 1]
            j = low + np.searchsorted(got_at[low:high], at[row], side="right")
            while j < high and got_at[j] - at[row] <= window:
                if LEAST * price[row] <= got_fen[j] <= MOST * price[row]:
                    if step == 1:
                        purchase[found] = row
                        answer[found] = j
                    found += 1
                j += 1
    return purchase, answer
