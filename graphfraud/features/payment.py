"""Payment behaviour: how often, how much, to whom, when, and what comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.features.values import Values, distinct, most_with_one, share, tally, total, unknown
from graphfraud.settings import DAY_US, Settings
from graphfraud.snapshot.clock import at_night
from graphfraud.snapshot.graph import NEVER, Snapshot


@dataclass(frozen=True, eq=False)
class Payments:
    """Payments made by people in the last 90 days, and what the features ask of them; fen and UTC microseconds."""

    people: int
    as_of: int
    known: bool
    payer: npt.NDArray[np.int32]
    payee: npt.NDArray[np.int32]
    fen: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    refunded: npt.NDArray[np.bool_]
    large: npt.NDArray[np.bool_]
    night: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, snapshot: Snapshot, settings: Settings) -> "Payments":
        """The payments of a snapshot; a payment to oneself is none."""
        rows = snapshot["payments"]
        recent = rows["at"] > snapshot.as_of - 90 * DAY_US
        chosen = np.flatnonzero(recent & (rows["payer_id"] < snapshot.people) & (rows["payer_id"] != rows["payee_id"]))
        at, fen = rows["at"][chosen], rows["amount"][chosen]
        start, end = settings.night_start_hour, settings.night_end_hour
        return cls(
            people=snapshot.people,
            as_of=snapshot.as_of,
            known=len(rows) > 0,
            payer=rows["payer_id"][chosen],
            payee=rows["payee_id"][chosen],
            fen=fen,
            at=at,
            refunded=rows["refunded_at"][chosen] != NEVER,
            large=fen >= settings.large_payment_yuan * 100,
            night=at_night(at, zone=settings.zone, start=start, end=end),
        )

    @property
    def made(self) -> Values:
        """Payments each person made."""
        return tally(self.payer, self.people) if self.known else unknown(self.people)

    def share_of(self, which: npt.NDArray[np.bool_]) -> Values:
        """Share of each person's payments that are marked."""
        return share(tally(self.payer[which], self.people), self.made)


def payments_per_day_30d(payments: Payments) -> Values:
    """Payments made a day, over 30 days."""
    if not payments.known:
        return unknown(payments.people)
    recent = payments.at > payments.as_of - 30 * DAY_US
    return tally(payments.payer[recent], payments.people) / 30.0


def large_payment_share_90d(payments: Payments) -> Values:
    """Share of payments made that are large."""
    return payments.share_of(payments.large)


def night_large_payments_90d(payments: Payments) -> Values:
    """Large payments made at night, local time."""
    if not payments.known:
        return unknown(payments.people)
    return tally(payments.payer[payments.large & payments.night], payments.people)


def refund_rate_90d(payments: Payments) -> Values:
    """Share of payments made that were given back."""
    return payments.share_of(payments.refunded)


def payees_90d(payments: Payments) -> Values:
    """Different people and merchants paid."""
    return distinct(payments.payer, payments.payee, payments.people) if payments.known else unknown(payments.people)


def merchant_share_90d(payments: Payments) -> Values:
    """Share of payments made that went to merchants."""
    return payments.share_of(payments.payee >= payments.people)


def top_payee_share_90d(payments: Payments) -> Values:
    """Share of the money paid that went to one party."""
    most = most_with_one(payments.payer, payments.payee, payments.fen, payments.people)
    return share(most, total(payments.payer, payments.fen, payments.people))


def pass_through_30d(payments: Payments) -> Values:
    """Share of the money received from people in 30 days that left to people within 24 hours, first in first out."""
    between = (payments.payee < payments.people) & (payments.at > payments.as_of - 30 * DAY_US)
    payer, payee = payments.payer[between], payments.payee[between]
    person = np.concatenate([payee, payer])
    signed = np.concatenate([payments.fen[between], -payments.fen[between]])
    at = np.concatenate([payments.at[between]] * 2)
    order = np.lexsort((signed < 0, at, person))
    received, passed = _pass_through(person[order], signed[order], at[order], payments.people, DAY_US)
    return share(passed, received)


@nb.njit(cache=True)
def _pass_through(
    person: npt.NDArray[np.int32],
    signed: npt.NDArray[np.int64],
    at: npt.NDArray[np.int64],
    people: int,
    within: int,
) -> tuple[Values, Values]:
    """Received and passed-on fen of each person; rows sorted by person, time, in before out."""
    received, passed = np.zeros(people), np.zeros(people)
    left = np.zeros(len(person), np.int64)
    oldest = 0
    for i in range(len(person)):
        if i and person[i] != person[i - 1]:
            oldest = i
        if signed[i] > 0:
            received[person[i]] += signed[i]
            left[i] = signed[i]
            continue
        owing = -signed[i]
        while oldest < i and owing > 0:
            if left[oldest] == 0 or at[i] - at[oldest] > within:
                oldest += 1
                continue
            taken = min(owing, left[oldest])
            left[oldest] -= taken
            owing -= taken
            passed[person[i]] += taken
    return received, passed


FEATURES: Final[tuple[Callable[[Payments], Values], ...]] = (
    payments_per_day_30d,
    large_payment_share_90d,
    night_large_payments_90d,
    refund_rate_90d,
    payees_90d,
    merchant_share_90d,
    top_payee_share_90d,
    pass_through_30d,
)
