"""Sums: payments at one account of one and the same rare amount, and accounts that deal with nobody else."""

from typing import Final

import numpy as np

from graphfraud.rings.groups import joined
from graphfraud.rings.ledger import Ledger
from graphfraud.rings.shapes import Shapes, together

SAME: Final = 0.01
"""Sums nearer than this (logarithm) are one and the same."""
BY_CHANCE: Final = 0.02
"""An account must expect so many equal sums at most, given how common the amount is and how often it pays."""
MOST: Final = 120
"""A component of more transfers is everyday life."""


def same_sums(ledger: Ledger) -> Shapes:
    """Transfers that a sum too rare to meet by chance joins at common accounts."""
    both = np.concatenate([ledger.source, ledger.target]).astype(np.int64)
    row = np.tile(np.arange(len(ledger)), 2)
    amount = np.log(np.maximum(ledger.fen, 1))
    order = np.lexsort((row, amount[row], both))
    account, row = both[order], row[order]
    ranked = np.sort(amount)
    near = np.searchsorted(ranked, amount + SAME, side="right") - np.searchsorted(ranked, amount - SAME, side="left")
    dealings = np.bincount(both, minlength=ledger.accounts)
    chance = near[row] * dealings[account] / max(len(ledger), 1)
    meets = (account[1:] == account[:-1]) & (np.diff(amount[row]) <= SAME) & (chance[1:] <= BY_CHANCE)
    a, b = row[:-1][meets], row[1:][meets]
    rows = np.unique(np.concatenate([a, b]))
    return _sized(Shapes.of("same_sum", joined(a, b, len(ledger))[rows], rows))


def islands(ledger: Ledger) -> Shapes:
    """Accounts joined by transfers that have no transfer with anybody else."""
    label = joined(ledger.source, ledger.target, ledger.accounts)
    return _sized(Shapes.of("island", label[ledger.source], np.arange(len(ledger))))


def _sized(found: Shapes) -> Shapes:
    return found.only((found.size >= 2) & (found.size <= MOST))


def sums(ledger: Ledger) -> Shapes:
    """Both."""
    return together([same_sums(ledger), islands(ledger)])
