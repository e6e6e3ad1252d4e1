"""Middlemen: people who, soon after several others bought at one organisation, pay most of it to each of them.

A shop that turns credit into cash may not pay its customers itself. One customer who gets
the price of a purchase from a friend is nobody's customer; three, of one shop and one
person, are. Cost: for each purchase, the transfers its buyer gets within the window.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.rings.flows import Transfers, followed
from graphfraud.rings.groups import Rows
from graphfraud.rings.returns import WINDOW_US
from graphfraud.snapshot.graph import Snapshot

SHARE: Final = (0.6, 0.995)
"""The least and the most of a purchase that a middleman pays back: something is always kept."""
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
    purchase, answer = followed(start, (sent.at[got], sent.fen[got]), (buyer, at, price), WINDOW_US, SHARE)
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
