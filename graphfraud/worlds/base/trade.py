"""Ordinary money: shops, wages, customers of the self-employed, transfers between friends."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from graphfraud.settings import DAY_US, HOUR_US
from graphfraud.worlds.acts import AT_SHOP, FROM_SHOP, payments, yuan
from graphfraud.worlds.base.ties import Pairs
from graphfraud.worlds.codes import codes, of_mechanism
from graphfraud.worlds.moments import lived, soon, whole_seconds
from graphfraud.worlds.population import COMMUNITY, NEVER, SELF_EMPLOYED, Population
from graphfraud.worlds.recipe import AS_OF_US, HISTORY_US, Floats, Ints, Recipe
from graphfraud.worlds.sheets import NULL, Sheet, sheet
from graphfraud.worlds.style import style
from graphfraud.worlds.words import CATEGORIES, EMPLOYER

_SHOPPING: Final = 1.2
_CUSTOM: Final = 2.6
_TRANSFERS: Final = 0.7
_PAYDAYS: Final = 2
_CHINESE_TEN: Final = 2 * HOUR_US


def trade(recipe: Recipe, population: Population, friends: Pairs) -> tuple[Sheet, ...]:
    """Rows of merchants and payments."""
    bought = _shopping(recipe, population)
    return (
        _merchants(recipe, population),
        bought,
        *_paid_back(recipe, population, bought),
        _rewards(recipe, population),
        _wages(recipe, population),
        _custom(recipe, population),
        _transfers(recipe, population, friends),
    )


def _shops(population: Population) -> int:
    return max(8, population.size // 30)


def _merchants(recipe: Recipe, population: Population) -> Sheet:
    rng, shops = recipe.rng("base.merchants"), _shops(population)
    employer = np.unique(population.employer[population.employer >= 0])
    employer = employer[of_mechanism(employer, "employer")]
    category = rng.integers(0, len(CATEGORIES) - 1, shops)
    return sheet(
        "merchants",
        merchant_id=np.concatenate([codes("shop", np.arange(shops)), employer]),
        category=np.concatenate([category, np.full(len(employer), EMPLOYER)]),
    )


def _shopping(recipe: Recipe, population: Population) -> Sheet:
    rng, shops = recipe.rng("base.shopping"), _shops(population)
    payer = _busy(rng, _SHOPPING * style(recipe).shopping * population.spending)
    shop = np.minimum(rng.pareto(0.9, len(payer)) * shops / 20, shops - 1).astype(np.int64)
    at, amount = _moment(rng, population, payer), yuan(rng, len(payer), 60, 1.1)
    large = rng.random(len(payer)) < 0.04
    amount = np.where(large, yuan(rng, len(payer), 3000, 0.8), amount)
    refunded = np.where(rng.random(len(payer)) < 0.04, soon(rng, at, 7), NULL)
    return _until_left(rng, population, payments(payer, codes("shop", shop), amount, at, AT_SHOP, refunded), payer)


def _paid_back(recipe: Recipe, population: Population, bought: Sheet) -> tuple[Sheet, Sheet]:
    """Some shops pay returned goods out instead of turning the payment back; some give a part back at once."""
    rng, law, shops = recipe.rng("base.paid_back"), style(recipe), _shops(population)
    columns = bought.columns
    shop = columns["payee_id"] - codes("shop", np.zeros(1, np.int64))
    returning, generous = rng.random(shops) < law.returns, rng.random(shops) < law.cashback
    often = rng.uniform(0.02, 0.25, shops)
    kept_open = columns["refunded_at"] < 0
    back = np.flatnonzero(returning[shop] & kept_open & (rng.random(len(shop)) < often[shop]))
    part = np.where(rng.random(len(back)) < 0.7, 100, rng.integers(50, 100, len(back)))
    bonus = np.flatnonzero(generous[shop] & (rng.random(len(shop)) < 0.6))
    percent = rng.integers(1, 15, shops)[shop[bonus]]
    return (
        _returned(columns, back, part, soon(rng, columns["at"][back] + HOUR_US, 12)),
        _returned(columns, bonus, percent, soon(rng, columns["at"][bonus] + HOUR_US, 2)),
    )


def _returned(columns: Mapping[str, Ints], rows: Ints, percent: Ints, at: Ints) -> Sheet:
    amount = columns["amount"][rows] * percent // 100
    return payments(columns["payee_id"][rows], columns["payer_id"][rows], amount, at, FROM_SHOP)


def _rewards(recipe: Recipe, population: Population) -> Sheet:
    """A few shops pay for a first purchase or an invitation, whatever the buyer spent."""
    rng, shops = recipe.rng("base.rewards"), _shops(population)
    paying = rng.permutation(shops)[: max(2, round(style(recipe).rewards * shops))]
    invited = np.where(population.invited > 0, 0.5, 0.05)
    person = np.flatnonzero((rng.random(population.size) < invited) & (population.left_at == NEVER))
    since = np.maximum(population.registered_at[person] + HOUR_US, AS_OF_US - HISTORY_US)
    amount = rng.choice(np.array([500, 1000, 2000, 5000, 8800]), len(person))
    return payments(codes("shop", rng.choice(paying, len(person))), person, amount, lived(rng, since), FROM_SHOP)


def _wages(recipe: Recipe, population: Population) -> Sheet:
    """On the tenth of each of the last months in China; the amount stays nearly the same."""
    rng = recipe.rng("base.wages")
    person = np.flatnonzero(population.employer >= 0)
    wage = yuan(rng, len(person), 6500, 0.4) // 100 * 100
    payday = AS_OF_US - (22 + 30 * np.arange(_PAYDAYS)) * DAY_US + _CHINESE_TEN
    at = np.repeat(payday, len(person)) + rng.integers(0, HOUR_US, _PAYDAYS * len(person))
    payee = np.tile(person, _PAYDAYS)
    rows = payments(population.employer[payee], payee, np.tile(wage, _PAYDAYS), whole_seconds(at), FROM_SHOP)
    return rows.kept(at > population.registered_at[payee])


def _custom(recipe: Recipe, population: Population) -> Sheet:
    """Customers pay a self-employed person's code: many payers, seldom a friend."""
    rng = recipe.rng("base.custom")
    often = _CUSTOM * style(recipe).shopping * population.spending
    seller = _busy(rng, np.where(population.occupation == SELF_EMPLOYED, often, 0))
    nearby = population.community[seller] * COMMUNITY + rng.integers(-200, 240, len(seller))
    customer = np.where(rng.random(len(seller)) < 0.8, nearby % population.size, _anybody(rng, population, len(seller)))
    later = np.where(population.registered_at[customer] > population.registered_at[seller], customer, seller)
    rows = payments(customer, seller, yuan(rng, len(seller), 80, 1.0), _moment(rng, population, later))
    return rows.kept(customer != seller)


def _transfers(recipe: Recipe, population: Population, friends: Pairs) -> Sheet:
    """Between friends, some of them again and again and back; seldom to a stranger."""
    rng, count = recipe.rng("base.transfers"), int(population.size * _TRANSFERS * style(recipe).transfers)
    pair = np.minimum(rng.pareto(1.2, count) * len(friends.one) / 4, len(friends.one) - 1).astype(np.int64)
    pair = rng.permutation(len(friends.one))[pair]
    turned = rng.random(count) < 0.5
    payer = np.where(turned, friends.one[pair], friends.other[pair])
    payee = np.where(turned, friends.other[pair], friends.one[pair])
    stranger = rng.random(count) < 0.12
    payee = np.where(stranger, (payer + rng.integers(1, population.size, count)) % population.size, payee)
    later = np.where(population.registered_at[payee] > population.registered_at[payer], payee, payer)
    amount = yuan(rng, count, 120, 1.2)
    rows = payments(payer, payee, amount, _moment(rng, population, later))
    return _until_left(rng, population, rows, payer)


def _until_left(rng: np.random.Generator, population: Population, rows: Sheet, person: Ints) -> Sheet:
    """Who gave up the account hardly pays with it any more."""
    active = rows.columns["at"] < population.left_at[person]
    return rows.kept(active | (rng.random(len(person)) < 0.1))


def _busy(rng: np.random.Generator, rate: Floats) -> Ints:
    return np.repeat(np.arange(len(rate)), rng.poisson(rate))


def _anybody(rng: np.random.Generator, population: Population, count: int) -> Ints:
    return rng.integers(0, population.size, count)


def _moment(rng: np.random.Generator, population: Population, person: Ints) -> Ints:
    return lived(rng, np.maximum(population.registered_at[person], AS_OF_US - HISTORY_US))
