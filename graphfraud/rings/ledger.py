"""Ledger: transfers from account to account in time order, whose accounts they are and what else these do.

Where a payment names no account, its party is its own account. Transfers between two accounts of one
owner tell nothing about people and are left out, as are payments to and from organisations; both count
as what an account does elsewhere.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import Flags, Floats, Ints, Rows
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import Snapshot

SUMS: Final = (100_000, 10_000, 5_000, 1_000, 100)
"""Roundness of an amount in fen: divisible by the first of these; by none of them it is no round sum."""
WAGES_DAYS: Final = (20, 40)
WAGES_NEAR: Final = 0.1
"""Pays the same party again after so many days, nearly the same (logarithm): as wages and rents are."""


class Columns(NamedTuple):
    """What compiled loops read of a ledger: its columns, and the rows of each account as payer and as payee."""

    source: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    owner: npt.NDArray[np.int32]
    fen: Rows
    at: Rows
    paid_start: Rows
    paid: Rows
    got_start: Rows
    got: Rows


class Spent(NamedTuple):
    """Payments to organisations by the account that paid them (``start`` bounds its rows), in time order."""

    start: Rows
    fen: Rows
    at: Rows


IDLE: Final = 2
IDLE_DAYS: Final = 12
"""An account with so few payments at most, or several all within so many days, is otherwise idle."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """Transfers between accounts in time order; ``owner`` is the person of each account, fen and UTC microseconds.

    ``activity`` counts the payments of an account of any kind, ``lasting`` the time from its first to its
    last, ``wages`` says which transfers are paid again and again, nearly the same, a month apart, ``named``
    whether payments name accounts at all, ``spent`` is what went to organisations.
    """

    people: int
    owner: npt.NDArray[np.int32]
    source: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    fen: Rows
    at: Rows
    activity: Rows
    lasting: Rows
    wages: Flags
    named: bool
    spent: Spent

    def __len__(self) -> int:
        return len(self.source)

    @property
    def accounts(self) -> int:
        """How many accounts there are."""
        return len(self.owner)

    @property
    def columns(self) -> Columns:
        """The ledger for compiled loops."""
        paid, got = self.paid, self.received
        return Columns(
            self.source, self.target, self.owner, self.fen, self.at, paid.start, paid.row, got.start, got.row
        )

    @cached_property
    def span(self) -> int:
        """Time between the first and the last transfer, a day at least."""
        return max(int(np.ptp(self.at)) if len(self) else 0, DAY_US)

    @cached_property
    def paid(self) -> "Side":
        """Transfers by payer, in time order."""
        return Side.of(self.source, self.accounts)

    @cached_property
    def received(self) -> "Side":
        """Transfers by payee, in time order."""
        return Side.of(self.target, self.accounts)

    @cached_property
    def regular(self) -> Flags:
        """Accounts that pay such wages."""
        key = np.unique(self.source[self.wages].astype(np.int64) * self.accounts + self.target[self.wages])
        return np.asarray(np.bincount(key // max(self.accounts, 1), minlength=self.accounts) >= 1)

    @cached_property
    def idle(self) -> Flags:
        """Accounts that do next to nothing, or only a few things within a few days."""
        return np.asarray((self.activity <= IDLE) | (self.lasting <= IDLE_DAYS * DAY_US))

    @cached_property
    def idleness(self) -> float:
        """How rare a transfer of an idle account is here, 0 to 1 (one in ten): where most are idle it says nothing."""
        share = (self.idle[self.source] | self.idle[self.target]).mean() if len(self) else 1.0
        return float(np.clip(-np.log10(max(share, 1e-12)), 0.0, 1.0))

    @cached_property
    def roundness(self) -> Floats:
        """How rare so round a sum is here, 0 to 1 (one in ten thousand): where all sums are round it says nothing."""
        rank = np.full(len(self), len(SUMS), np.int64)
        for place, unit in reversed(list(enumerate(SUMS))):
            rank[(self.fen % unit) == 0] = place
        so_round = np.cumsum(np.bincount(rank, minlength=len(SUMS) + 1)) / max(len(self), 1)
        rare = -np.log10(np.maximum(so_round, 1e-12)) / 4.0
        return np.clip(rare, 0.0, 1.0)[rank] * (rank < len(SUMS))

    @cached_property
    def large(self) -> Floats:
        """How rare so large a sum is here, 0 to 1 (one in ten thousand)."""
        return self._tail(upper=True)

    @cached_property
    def small(self) -> Floats:
        """How rare so small a sum is here, 0 to 1."""
        return self._tail(upper=False)

    def _tail(self, *, upper: bool) -> Floats:
        order = np.sort(self.fen)
        below = np.searchsorted(order, self.fen, side="left" if upper else "right")
        share = (len(self) - below if upper else below) / max(len(self), 1)
        return np.clip(-np.log10(np.maximum(share, 1e-12)) / 4.0, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Side:
    """Where the transfers of each account stand, in time order."""

    start: Rows
    row: Rows

    @classmethod
    def of(cls, account: Ints, accounts: int) -> "Side":
        """From a column of accounts of transfers in time order."""
        row = np.argsort(account, kind="stable")
        counts = np.bincount(account, minlength=accounts)
        return cls(np.r_[0, np.cumsum(counts)].astype(np.int64), row)


def ledger(snapshot: Snapshot) -> Ledger:
    """The ledger of a snapshot. Cost: a sort of the payments."""
    rows, people = snapshot["payments"], snapshot.people
    payer, payee = rows["payer_id"], rows["payee_id"]
    named = [rows[name] for name in ("payer_account", "payee_account") if name in rows.columns]
    known = max((int(column.max(initial=-1)) + 1 for column in named), default=0)
    parties = int(max(payer.max(initial=-1), payee.max(initial=-1), people - 1)) + 1
    sides = [
        np.where(account >= 0, account, known + party)
        for account, party in zip(named or [np.full(len(rows), -1)] * 2, (payer, payee), strict=True)
    ]
    owner = np.r_[np.full(known, -1), np.arange(parties)].astype(np.int32)
    for account, party in zip(sides, (payer, payee), strict=True):
        owner[account[party >= 0]] = party[party >= 0]
    owner[owner >= people] = -1
    between = (payer >= 0) & (payee >= 0) & (payer < people) & (payee < people) & (payer != payee)
    chosen = np.flatnonzero(between)
    source, target = (side.astype(np.int32) for side in sides)
    fen, at = rows["amount"], rows["at"]
    order = chosen[np.lexsort((fen[chosen], target[chosen], source[chosen], at[chosen]))]
    bought = np.flatnonzero((payer >= 0) & (payer < people) & (payee >= people))
    activity = np.bincount(source[payer >= 0], minlength=len(owner)) + np.bincount(
        target[payee >= 0], minlength=len(owner)
    )
    first, last = np.full(len(owner), np.iinfo(np.int64).max), np.full(len(owner), np.iinfo(np.int64).min)
    for account, party in zip((source, target), (payer, payee), strict=True):
        np.minimum.at(first, account[party >= 0], at[party >= 0])
        np.maximum.at(last, account[party >= 0], at[party >= 0])
    return Ledger(
        people=people,
        owner=owner,
        source=source[order],
        target=target[order],
        fen=fen[order],
        at=at[order],
        activity=activity.astype(np.int64),
        lasting=np.where(activity > 0, last - first, 0),
        wages=_wages(source[order], target[order], fen[order], at[order]),
        named=known > 0,
        spent=_spent(source[bought], fen[bought], at[bought], len(owner)),
    )


def _spent(account: Ints, fen: Rows, at: Rows, accounts: int) -> Spent:
    order = np.lexsort((fen, at))
    side = Side.of(account[order], accounts)
    rows = order[side.row]
    return Spent(side.start, fen[rows], at[rows])


def _wages(source: Ints, target: Ints, fen: Rows, at: Rows) -> Flags:
    """Transfers that the same payer makes to the same payee again a month later or made a month before."""
    order = np.lexsort((at, target, source))
    payer, payee, amount, days = source[order], target[order], np.log(np.maximum(fen[order], 1)), at[order] / DAY_US
    again = (np.diff(payer) == 0) & (np.diff(payee) == 0) & (np.abs(np.diff(amount)) <= WAGES_NEAR)
    again &= (np.diff(days) >= WAGES_DAYS[0]) & (np.diff(days) <= WAGES_DAYS[1])
    marks = np.zeros(len(order), bool)
    marks[order] = (np.r_[again, False] | np.r_[False, again])[: len(order)]
    return marks
