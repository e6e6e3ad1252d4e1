"""Traits: what makes a found shape no everyday dealing, each between 0 and 1."""

from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.special import pdtrc

from graphfraud.rings.groups import ByPerson, Floats, Ints, Rows, spans
from graphfraud.rings.ledger import Ledger, Spent
from graphfraud.rings.shapes import NONE, Shapes, pairs
from graphfraud.settings import DAY_US
from graphfraud.snapshot.sharing import THING_TYPES, Uses, user_counts

TRAITS: Final = (
    "wide",
    "tight",
    "round",
    "large",
    "small",
    "odd",
    "equal",
    "closed",
    "quiet",
    "burst",
    "bursts",
    "repeats",
    "passes",
    "shares",
    "rounds",
    "closes",
    "larges",
    "equals",
    "woven",
    "sided",
    "alike",
    "named",
    "banded",
    "bands",
    "strangers",
    "unlikely",
    "unlikelier",
    "leaves",
    "wages",
    "pays_wages",
    "trades",
    "busy",
)
"""Every trait in a fixed order; the last four are innocent: wages, and busy accounts."""
INNOCENT: Final = ("pays_wages", "wages", "trades", "busy")
NEAR: Final = 0.03
LEFT_DAYS, LEFT = 20, 0.84
"""What leaves does so within so many days, at least so much of it: as for what is passed on."""
BAND: Final = 0.04
"""Amounts within so much (logarithm) are splits of one sum."""


def traits(ledger: Ledger, shapes: Shapes, *, passed: Floats, shared: Uses, hub_limit: int) -> Floats:
    """Traits of each shape, one column each in the order of :data:`TRAITS`. Cost: the rows of the shapes."""
    if not len(shapes):
        return np.zeros((0, len(TRAITS)))
    number, account = shapes.accounts(ledger)
    many = np.bincount(number, minlength=len(shapes))
    first = _pairs(ledger, shapes)
    links = np.bincount(shapes.number[first], minlength=len(shapes))
    began, ended = ledger.at[shapes.row[shapes.start[:-1]]], ledger.at[shapes.row[shapes.start[1:] - 1]]
    inside = _inside(ledger, shapes, number, account)
    outside = np.maximum(ledger.activity[account] - inside, 0)
    rare = ledger.idleness
    surprise = _surprise(ledger, number, account, inside, ended - began)
    centre = shapes.centre
    central = account == centre[number]

    def mean(value: Floats) -> Floats:
        return np.bincount(number, weights=value, minlength=len(shapes)) / many

    def rows(value: Floats) -> Floats:
        return np.bincount(shapes.number, weights=value[shapes.row], minlength=len(shapes)) / shapes.size

    most = np.zeros(len(shapes))
    np.maximum.at(most, number, surprise)
    equal = _equal(ledger, shapes, first, links)
    found: dict[str, Floats] = {
        "wide": np.clip(np.log2(np.maximum(links, 1)) / 4.0, 0.0, 1.0),
        "tight": np.clip(1.0 - np.log10(1.0 + (ended - began) / DAY_US) / 2.0, 0.0, 1.0),
        "round": rows(ledger.roundness),
        "large": rows(ledger.large),
        "small": rows(ledger.small),
        "odd": _odd(ledger, shapes),
        "equal": equal,
        "closed": rare * mean((outside == 0).astype(np.float64)),
        "quiet": rare * mean(np.exp(-outside / 3.0)),
        "burst": most,
        "bursts": mean(surprise),
        "repeats": 1.0 - links / shapes.size,
        "passes": rows(passed),
        "shares": _shares(ledger, number, account, len(shapes), shared, hub_limit),
        "rounds": rows(ledger.roundness) * links / 4.0,
        "equals": equal * links / 6.0,
        "alike": _alike(ledger, number, account, len(shapes), shared, hub_limit),
        "named": np.full(len(shapes), float(ledger.named)),
        **_bands(ledger, shapes, first, links),
        "leaves": _leaves(ledger, shapes).astype(np.float64),
        "strangers": _strangers(ledger, shapes, first, links),
        **_unlikely(ledger, shapes, first, links),
        "woven": ((links - many + 1.0) / 4.0).astype(np.float64),
        "sided": (1.0 - _middles(ledger, shapes) / many).astype(np.float64),
        "closes": mean((outside == 0).astype(np.float64)) * rare * many.astype(np.float64) / 4.0,
        "larges": rows(ledger.large) * links / 4.0,
        "wages": _regular(ledger, shapes),
        "pays_wages": np.bincount(
            number, weights=ledger.regular[account] & (central | (centre[number] == NONE)), minlength=len(shapes)
        )
        / np.where(centre == NONE, many, 1),
        "trades": np.bincount(number, weights=np.log1p(outside) * central, minlength=len(shapes)) / 6.0,
        "busy": mean(np.log1p(outside)) / 6.0,
    }
    return np.clip(np.stack([found[name] for name in TRAITS], axis=1), 0.0, 1.0)


def _pairs(ledger: Ledger, shapes: Shapes) -> Rows:
    """Places of the first transfer of each payer and payee in each shape."""
    key = (shapes.number * ledger.accounts + ledger.source[shapes.row]) * ledger.accounts + ledger.target[shapes.row]
    return np.asarray(np.unique(key, return_index=True)[1], np.int64)


def _inside(ledger: Ledger, shapes: Shapes, number: Rows, account: Rows) -> Rows:
    """Transfers in its shape of each pair (shape, account)."""
    key = number * ledger.accounts + account
    both = np.concatenate([ledger.source[shapes.row], ledger.target[shapes.row]])
    place = np.searchsorted(key, np.tile(shapes.number, 2) * ledger.accounts + both)
    return np.asarray(np.bincount(place, minlength=len(key)), np.int64)


def _surprise(ledger: Ledger, number: Rows, account: Rows, inside: Rows, span: Rows) -> Floats:
    """How rarely an account that deals as often as this one elsewhere deals so often so soon (Poisson), 0 to 1."""
    dealings = np.bincount(ledger.source, minlength=ledger.accounts) + np.bincount(
        ledger.target, minlength=ledger.accounts
    )
    rate = (np.maximum(dealings[account] - inside, 0) + 0.5) / ledger.span
    expected = rate * np.maximum(span[number], DAY_US // 4)
    chance = pdtrc(np.maximum(inside - 1, 0), expected)
    return np.asarray(np.clip(-np.log10(np.maximum(chance, 1e-12)) / 12.0, 0.0, 1.0))


def _odd(ledger: Ledger, shapes: Shapes) -> Floats:
    """How far the amounts are from what the payers pay elsewhere, in factors of twenty; nothing elsewhere is 0."""
    amount = np.log(np.maximum(ledger.fen, 1))
    key, place = np.unique(shapes.number * ledger.accounts + ledger.source[shapes.row], return_inverse=True)
    payer = key % ledger.accounts
    total = np.bincount(ledger.source, amount, ledger.accounts)[payer] - np.bincount(place, amount[shapes.row])
    count = np.bincount(ledger.source, minlength=ledger.accounts)[payer] - np.bincount(place)
    usual = total / np.maximum(count, 1)
    far = np.abs(amount[shapes.row] - usual[place]) * (count[place] > 0) / 3.0
    return np.asarray(np.bincount(shapes.number, np.clip(far, 0.0, 1.0), len(shapes)) / shapes.size)


def _equal(ledger: Ledger, shapes: Shapes, first: Rows, links: Rows) -> Floats:
    """Share of the payers and payees whose amount another pair of the shape has as well."""
    amount = np.log(np.maximum(ledger.fen[shapes.row[first]], 1))
    number = shapes.number[first]
    order = np.lexsort((amount, number))
    near = (np.diff(number[order]) == 0) & (np.diff(amount[order]) <= NEAR)
    like = np.r_[near, False] | np.r_[False, near][: len(order)]
    return np.bincount(number[order], weights=like[: len(order)], minlength=len(shapes)) / links


def _bands(ledger: Ledger, shapes: Shapes, first: Rows, links: Rows) -> dict[str, Floats]:
    """Of the payers and payees those whose amounts lie in the narrow band that holds most, as a share and a number."""
    amount = np.log(np.maximum(ledger.fen[shapes.row[first]], 1))
    number = shapes.number[first]
    order = np.lexsort((amount, number))
    most = _widest(number[order], amount[order], len(shapes), BAND)
    return {"banded": most / links, "bands": (most - 1.0) / 6.0}


@nb.njit(cache=True)
def _widest(number: Rows, amount: npt.NDArray[np.float64], shapes: int, band: float) -> npt.NDArray[np.float64]:
    """Of each number (sorted, then by amount) how many amounts lie in the band that holds most."""
    most = np.zeros(shapes)
    low = 0
    for high in range(len(number)):
        while number[low] != number[high] or amount[high] - amount[low] > band:
            low += 1
        most[number[high]] = max(most[number[high]], high - low + 1)
    return most


def _leaves(ledger: Ledger, shapes: Shapes) -> npt.NDArray[np.bool_]:
    """Whether nearly all that the account in the middle got in the shape went on, at once, to an organisation."""
    got = ledger.target[shapes.row] == shapes.centre[shapes.number]
    total = np.bincount(shapes.number[got], ledger.fen[shapes.row[got]], len(shapes)).astype(np.float64)
    ended = ledger.at[shapes.row[shapes.start[1:] - 1]]
    return np.asarray(_left(ledger.spent, shapes.centre, total, ended, (LEFT_DAYS * DAY_US, LEFT)))


@nb.njit(cache=True)
def _left(
    spent: Spent,
    centre: npt.NDArray[np.int32],
    total: npt.NDArray[np.float64],
    ended: Rows,
    limits: tuple[int, float],
) -> npt.NDArray[np.bool_]:
    """Whether a centre paid, within the window after the end, at least the share of the total, and no more."""
    window, share = limits
    start, fen, at = spent
    answer = np.zeros(len(centre), np.bool_)
    for shape in np.flatnonzero((centre >= 0) & (total > 0)):
        low, high = start[centre[shape]], start[centre[shape] + 1]
        for place in range(low + np.searchsorted(at[low:high], ended[shape]), high):
            if at[place] > ended[shape] + window:
                break
            answer[shape] = answer[shape] or share * total[shape] <= fen[place] <= total[shape]
    return answer


def _strangers(ledger: Ledger, shapes: Shapes, first: Rows, links: Rows) -> Floats:
    """Share of the payers and payees who deal with each other in the shape only, in either direction."""
    key = _pair_key(ledger, ledger.source, ledger.target)
    every, count = np.unique(key, return_counts=True)
    inside = np.searchsorted(every, key[shapes.row])
    _, place, times = np.unique(shapes.number * len(every) + inside, return_inverse=True, return_counts=True)
    lone = times[place[first]] == count[inside[first]]
    return np.asarray(np.bincount(shapes.number[first], lone, len(shapes)) / links)


def _pair_key(ledger: Ledger, source: Ints, target: Ints) -> Rows:
    low, high = np.minimum(source, target).astype(np.int64), np.maximum(source, target).astype(np.int64)
    return low * ledger.accounts + high


def _unlikely(ledger: Ledger, shapes: Shapes, first: Rows, links: Rows) -> dict[str, Floats]:
    """How rarely payer and payee would meet so soon were every account's partners drawn by chance (decades), 0 to 1."""
    paid = np.bincount(ledger.source, minlength=ledger.accounts)
    got = np.bincount(ledger.target, minlength=ledger.accounts)
    row, number = shapes.row[first], shapes.number[first]
    time = np.maximum(ledger.at[shapes.row[shapes.start[1:] - 1]] - ledger.at[shapes.row[shapes.start[:-1]]], DAY_US)
    chance = paid[ledger.source[row]] * got[ledger.target[row]] / len(ledger) * (time[number] / ledger.span)
    total = np.bincount(number, np.clip(-np.log10(np.minimum(chance, 1.0)), 0.0, 8.0), len(shapes))
    return {"unlikely": total / links / 8.0, "unlikelier": total / 60.0}


def _middles(ledger: Ledger, shapes: Shapes) -> Rows:
    """Accounts of each shape that both pay and are paid in it."""
    pays = np.unique(shapes.number * ledger.accounts + ledger.source[shapes.row])
    gets = np.unique(shapes.number * ledger.accounts + ledger.target[shapes.row])
    both = np.intersect1d(pays, gets, assume_unique=True)
    return np.asarray(np.bincount(both // ledger.accounts, minlength=len(shapes)), np.int64)


def _regular(ledger: Ledger, shapes: Shapes) -> Floats:
    """Share of the transfers that a pair repeats, nearly the same, weeks apart."""
    return np.asarray(np.bincount(shapes.number, ledger.wages[shapes.row], len(shapes)) / shapes.size)


def _shares(ledger: Ledger, number: Rows, account: Rows, shapes: int, shared: Uses, hub_limit: int) -> Floats:
    """Share of the owners who use a thing that another owner of the shape uses."""
    return _sharing(ledger, (number, account, shapes), shared, hub_limit, least=1)


def _alike(ledger: Ledger, number: Rows, account: Rows, shapes: int, shared: Uses, hub_limit: int) -> Floats:
    """Share of the owners who have three things, no network addresses, in common with others of the shape."""
    return _sharing(ledger, (number, account, shapes), shared, hub_limit, least=3)


def _sharing(ledger: Ledger, within: tuple[Rows, Rows, int], shared: Uses, hub_limit: int, *, least: int) -> Floats:
    number, account, shapes = within
    people = pairs(number, ledger.owner[account])
    count = np.bincount(people[0], minlength=shapes)
    if not len(shared):
        return np.zeros(shapes)
    counted = (shared.type != THING_TYPES.index("ip")) | (least == 1)
    usable = np.flatnonzero(counted & (user_counts(shared) <= hub_limit))
    index = ByPerson.of(shared.person[usable], ledger.people)
    first = index.start[people[1]]
    length = index.start[people[1] + 1] - first
    row = usable[index.row[spans(first, length)]]
    pair = np.repeat(np.arange(len(people[0])), length)
    width = int(shared.thing.max(initial=0)) + 1
    _, place, users = np.unique(people[0][pair] * width + shared.thing[row], return_inverse=True, return_counts=True)
    things = np.bincount(pair[users[place] > 1], minlength=len(people[0]))
    return np.asarray(np.bincount(people[0], things >= least, shapes) / np.maximum(count, 1))
