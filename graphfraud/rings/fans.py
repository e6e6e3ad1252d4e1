"""Fans: bursts in which many pay one, one pays many, or both in turn; and one who pays few again and again.

A burst is a run of payments at one account without a longer pause than ``pause`` days (single linkage in
time), so each payment is in exactly one burst of each pause. Cost: a pass over the payments for each pause.
"""

from typing import Final

import numpy as np

from graphfraud.rings.groups import ByPerson, Flags, Ints, Rows, spans
from graphfraud.rings.ledger import Ledger
from graphfraud.rings.shapes import Shapes, pairs, together
from graphfraud.settings import DAY_US
from graphfraud.snapshot.sharing import Uses, user_counts

PAUSES_DAYS: Final = (0.5, 1.5, 3.0)
"""Longest pause within a burst."""
ODD_PAUSES_DAYS: Final = (3.0, 10.0, 40.0)
"""The same where only payments count that are out of the ordinary by themselves."""
LEAST, MOST = 3, 40
"""A fan has so many partners at least and at most: more is a shop."""
FRONT_PAUSE_DAYS: Final = 60.0
LARGE: Final = (0.375, 0.3)
"""Large are sums that at most one in thirty payments reaches, or one in sixteen (repeated payments)."""
REPEATED: Final = 5
REPEATED_PAUSE_DAYS: Final = 12.0
FEW: Final = 4


def bursts(account: Ints, at: Rows, row: Ints, pause: float) -> Rows:
    """Number of the burst of each transfer in ``row`` (sorted by account, then time)."""
    new = np.r_[True, (np.diff(account[row]) != 0) | (np.diff(at[row]) > pause * DAY_US)][: len(row)]
    return np.cumsum(new) - 1


def fans(ledger: Ledger, odd: Flags) -> Shapes:
    """Fan-in, fan-out, gather-scatter and repeated payments; ``odd`` marks payments that are no everyday ones."""
    found = []
    for pauses, kept in ((PAUSES_DAYS, np.ones(len(ledger), bool)), (ODD_PAUSES_DAYS, odd)):
        for pause in pauses:
            into = _fan(ledger, "fan_in", kept, pause)
            out = _fan(ledger, "fan_out", kept, pause)
            found += [into, out, _gathered(ledger, into, out, pause)]
    return together([*found, *(_repeated(ledger, least) for least in LARGE)])


def collectors(ledger: Ledger, passed: Flags) -> Shapes:
    """Those to whom several pay on what had just come to them."""
    parts = [_fan(ledger, "pass_through", passed, pause, least=2) for pause in (0.5, 1.5, 5.0, 20.0)]
    return together(parts)


def fronts(ledger: Ledger, shared: Uses, hub_limit: int) -> Shapes:
    """Those whom people pay that share a phone, a device or another thing, none of it a hub's."""
    usable = np.flatnonzero((user_counts(shared) <= hub_limit) & (user_counts(shared) > 1))
    index = ByPerson.of(shared.person[usable], ledger.people)
    payer = ledger.owner[ledger.source]
    first, length = index.start[payer], index.start[payer + 1] - index.start[payer]
    transfer = np.repeat(np.arange(len(ledger)), length)
    thing = shared.thing[usable[index.row[spans(first, length)]]].astype(np.int64)
    place = ledger.target[transfer] * (int(thing.max(initial=0)) + 1) + thing
    places, payers = np.unique(pairs(place, payer[transfer])[0], return_counts=True)
    marks = np.zeros(len(ledger), bool)
    marks[transfer[np.isin(place, places[payers > 1])]] = True
    return _fan(ledger, "front", marks, FRONT_PAUSE_DAYS, least=2)


def _fan(ledger: Ledger, shape: str, kept: Flags, pause: float, least: int = LEAST) -> Shapes:
    side, centre, other = ledger.received, ledger.target, ledger.source
    if shape == "fan_out":
        side, centre, other = ledger.paid, ledger.source, ledger.target
    row = side.row[kept[side.row]]
    burst = bursts(centre, ledger.at, row, pause)
    partners = np.bincount(pairs(burst, other[row])[0], minlength=int(burst.max(initial=-1)) + 1)
    chosen = (partners[burst] >= least) & (partners[burst] <= MOST)
    middle = np.zeros(len(partners), np.int64)
    middle[burst] = centre[row]
    return Shapes.of(shape, burst[chosen], row[chosen], middle)


def _gathered(ledger: Ledger, into: Shapes, out: Shapes, pause: float) -> Shapes:
    """Each burst in with the bursts out at the same account that begin within it or soon after."""
    order = np.argsort(out.centre, kind="stable")
    low = np.searchsorted(out.centre[order], into.centre, side="left")
    many = np.searchsorted(out.centre[order], into.centre, side="right") - low
    first = np.repeat(np.arange(len(into)), many)
    second = order[spans(low, many)]
    begin, end = ledger.at[into.row[into.start[:-1]]], ledger.at[into.row[into.start[1:] - 1]]
    began = ledger.at[out.row[out.start[:-1]]]
    near = (began[second] >= begin[first]) & (began[second] - end[first] <= 2 * pause * DAY_US)
    first, second = first[near], second[near]
    number = np.arange(len(first))
    rows = np.concatenate(
        [into.row[spans(into.start[first], into.size[first])], out.row[spans(out.start[second], out.size[second])]]
    )
    numbers = np.concatenate([np.repeat(number, into.size[first]), np.repeat(number, out.size[second])])
    return Shapes.of("gather_scatter", numbers, rows, into.centre[first])


def _repeated(ledger: Ledger, least: float) -> Shapes:
    """Five large payments or more from one account to at most four, without a longer pause."""
    side = ledger.paid
    row = side.row[ledger.large[side.row] >= least]
    burst = bursts(ledger.source, ledger.at, row, REPEATED_PAUSE_DAYS)
    bursts_found = int(burst.max(initial=-1)) + 1
    partners = np.bincount(pairs(burst, ledger.target[row])[0], minlength=bursts_found)
    times = np.bincount(burst, minlength=bursts_found)
    chosen = (partners[burst] <= FEW) & (times[burst] >= REPEATED)
    middle = np.zeros(bursts_found, np.int64)
    middle[burst] = ledger.source[row]
    return Shapes.of("repeated", burst[chosen], row[chosen], middle)
