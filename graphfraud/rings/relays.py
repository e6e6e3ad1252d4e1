"""Relays: money that an account receives and sends on, hardly less: chains, scatter-gather, pass-through."""

from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import Flags, Rows, joined
from graphfraud.rings.ledger import Columns, Ledger
from graphfraud.rings.shapes import Shapes, pairs
from graphfraud.settings import DAY_US

RELAY_DAYS: Final = 6
RELAY_SHARE: Final = 0.88
"""Who passes on at least this share of one payment within so many days is a relay."""
CHAIN_SHARE: Final = 0.94
"""A stack keeps at most six in a hundred at each step."""
PASS_DAYS: Final = 20
PASS_SHARE: Final = 0.84
PASS_PARTS: Final = 3
"""A payment passes through when it is this share, and not more, of the last one to three receipts of so many days."""
MIDDLES: Final = 3


@nb.njit(cache=True)
def relays(book: Columns, window: int, share: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Every two transfers a -> b, b -> c (c not a), the second later, within the window, of nearly the amount.

    Cost: for each transfer those that its payee makes within the window.
    """
    found = 0
    for step in range(2):
        if step == 1:
            came, went = np.empty(found, np.int64), np.empty(found, np.int64)
            found = 0
        for i in range(len(book.target)):
            middle = book.target[i]
            for place in range(book.paid_start[middle], book.paid_start[middle + 1]):
                j = book.paid[place]
                if book.at[j] <= book.at[i]:
                    continue
                if book.at[j] - book.at[i] > window:
                    break
                near = book.fen[j] <= book.fen[i] and book.fen[j] >= share * book.fen[i]
                if near and book.target[j] != book.source[i]:
                    if step == 1:
                        came[found] = i
                        went[found] = j
                    found += 1
    return came, went


def relayed(ledger: Ledger) -> tuple[Rows, Rows]:
    """All relays of the ledger, as pairs of rows."""
    came, went = relays(ledger.columns, RELAY_DAYS * DAY_US, RELAY_SHARE)
    return came, went


def scattered(ledger: Ledger, came: Rows, went: Rows) -> Shapes:
    """Relays between the same two ends through three middles or more."""
    ends = ledger.source[came].astype(np.int64) * ledger.accounts + ledger.target[went]
    _, number = np.unique(ends, return_inverse=True)
    middles = np.bincount(pairs(number, ledger.target[came])[0], minlength=int(number.max(initial=-1)) + 1)
    wide = middles[number] >= MIDDLES
    rows = np.concatenate([came[wide], went[wide]])
    centre = np.zeros(len(middles), np.int64)
    centre[number] = ledger.target[went]
    return Shapes.of("scatter_gather", np.tile(number[wide], 2), rows, centre)


def chains(ledger: Ledger, came: Rows, went: Rows) -> Shapes:
    """Transfers that relays of nearly equal amounts join, end to end."""
    near = ledger.fen[went] >= CHAIN_SHARE * ledger.fen[came]
    came, went = came[near], went[near]
    label = joined(came, went, len(ledger))
    rows = np.unique(np.concatenate([came, went]))
    return Shapes.of("stack", label[rows], rows)


def passed(ledger: Ledger) -> Flags:
    """Transfers that pass on what the payer had just received."""
    return np.asarray(_passed(ledger.columns, PASS_DAYS * DAY_US, PASS_SHARE))


@nb.njit(cache=True)
def _passed(book: Columns, window: int, share: float) -> npt.NDArray[np.bool_]:
    marks = np.zeros(len(book.fen), np.bool_)
    for account in range(len(book.paid_start) - 1):
        begin, end = book.got_start[account], book.got_start[account + 1]
        last = begin
        for j in book.paid[book.paid_start[account] : book.paid_start[account + 1]]:
            while last < end and book.at[book.got[last]] < book.at[j]:
                last += 1
            total = 0
            for back in range(last - 1, max(last - 1 - PASS_PARTS, begin - 1), -1):
                if book.at[j] - book.at[book.got[back]] > window:
                    break
                total += book.fen[book.got[back]]
                if share * total <= book.fen[j] <= total:
                    marks[j] = True
    return marks
