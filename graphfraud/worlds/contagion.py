"""Who will default after the as-of: own strain first, then the defaults of others that spread to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from graphfraud.worlds.acts import PERSON
from graphfraud.worlds.population import Population
from graphfraud.worlds.recipe import AS_OF_US, Flags, Floats, Ints, Recipe
from graphfraud.worlds.sheets import Sheet, gathered

_DRAWS: Final = 64
_ROUNDS: Final = 4
_BY_GUARANTEE: Final = 0.30
_BY_HOUSEHOLD: Final = 0.15
_BY_PAYMENT: Final = 0.08
_BY_FRIEND: Final = 0.03
_BIG_PAYMENT_FEN: Final = 100_000


@dataclass(frozen=True)
class Outcome:
    """What becomes of everybody who owes at the as-of, within 90 days, one value a person.

    ``probability`` averages over many worlds that might have been, ``defaulted`` is the one that was.
    """

    person: Ints
    probability: Floats
    defaulted: Flags


@dataclass(frozen=True)
class Spread:
    """Links along which a default travels, from ``source`` to ``target`` (places among the owing)."""

    source: Ints
    target: Ints
    weight: Floats


def outcome(recipe: Recipe, population: Population, sheets: Iterable[Sheet]) -> Outcome:
    """Defaults within 90 days after the as-of; who owes nothing cannot default and is left out."""
    rows = tuple(sheets)
    loans = _open(gathered(rows, "loans"))
    owing = np.unique(loans["person_id"])
    own = _own_probability(population, loans, owing)
    spread = _spread(population, rows, loans, owing)
    return _drawn(recipe.rng("truth.default"), owing, own, spread)


def _open(loans: Mapping[str, Ints]) -> dict[str, Ints]:
    now = (loans["observed_at"] == AS_OF_US) & (loans["closed_at"] < 0) & (loans["outstanding"] > 0)
    return {name: values[now] for name, values in loans.items()}


def _own_probability(population: Population, loans: Mapping[str, Ints], owing: Ints) -> Floats:
    place = np.searchsorted(owing, loans["person_id"])
    lenders = np.unique(place * 1000 + loans["lender_id"]) // 1000
    open_at = np.bincount(lenders, minlength=len(owing))
    worst = np.zeros(len(owing), np.int64)
    np.maximum.at(worst, place, loans["days_past_due"])
    logit = -4.0 + 0.9 * population.strain[owing] + 0.4 * (open_at - 1) + 1.3 * (worst > 0) + 1.2 * (worst > 30)
    probability: Floats = 1 / (1 + np.exp(-logit))
    return probability


def _spread(population: Population, rows: tuple[Sheet, ...], loans: Mapping[str, Ints], owing: Ints) -> Spread:
    guarantees, friends, payments = (gathered(rows, table) for table in ("guarantees", "friendships", "payments"))
    live = np.isin(guarantees["loan_id"], loans["loan_id"])
    big = (payments["payer_kind"] == PERSON) & (payments["payee_kind"] == PERSON)
    big &= payments["amount"] >= _BIG_PAYMENT_FEN
    home = np.argsort(population.home[owing], kind="stable")
    same = population.home[owing[home]][1:] == population.home[owing[home]][:-1]
    one, other = owing[home][:-1][same], owing[home][1:][same]
    links = (
        (guarantees["person_id"][live], guarantees["guarantor_id"][live], _BY_GUARANTEE),
        (one, other, _BY_HOUSEHOLD),
        (other, one, _BY_HOUSEHOLD),
        (payments["payer_id"][big], payments["payee_id"][big], _BY_PAYMENT),
        (friends["person_id"], friends["friend_id"], _BY_FRIEND),
        (friends["friend_id"], friends["person_id"], _BY_FRIEND),
    )
    source = np.concatenate([link[0] for link in links])
    target = np.concatenate([link[1] for link in links])
    weight = np.concatenate([np.full(len(link[0]), link[2]) for link in links])
    both = np.isin(source, owing) & np.isin(target, owing) & (source != target)
    order = np.argsort(target[both], kind="stable")
    place = np.searchsorted(owing, np.stack([source[both], target[both]]))[:, order]
    return Spread(place[0], place[1], weight[both][order])


def _drawn(rng: np.random.Generator, owing: Ints, own: Floats, spread: Spread) -> Outcome:
    """Independent cascades; the first is what happened, the others average to the probability."""
    default = rng.random((len(owing), _DRAWS + 1)) < own[:, None]
    if len(spread.target):
        starts = np.flatnonzero(np.diff(spread.target, prepend=-1))
        hit = rng.random((len(spread.target), _DRAWS + 1)) < spread.weight[:, None]
        for _ in range(_ROUNDS):
            default[spread.target[starts]] |= np.logical_or.reduceat(default[spread.source] & hit, starts, axis=0)
        spared = 1 - spread.weight[:, None] * default[spread.source, 1:]
        pulled = np.zeros(len(owing))
        pulled[spread.target[starts]] = 1 - np.multiply.reduceat(spared, starts, axis=0).mean(axis=1)
        own = own + (1 - own) * pulled
    return Outcome(owing, own, default[:, 0])
