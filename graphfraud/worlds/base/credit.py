"""Ordinary credit: lenders, applications here, loans everywhere, inquiries, honest guarantees."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from graphfraud.schema import LENDER_KINDS
from graphfraud.settings import DAY_US, HOUR_US
from graphfraud.worlds.acts import applications, carrier, inquiries
from graphfraud.worlds.base.ties import Pairs
from graphfraud.worlds.codes import OWN_LENDER, codes
from graphfraud.worlds.lending import LENDER_COUNTS, LENDERS, Book, lent, terms
from graphfraud.worlds.moments import whole_seconds
from graphfraud.worlds.population import Population
from graphfraud.worlds.recipe import AS_OF_US, Floats, Ints, Recipe
from graphfraud.worlds.sheets import Sheet, sheet

_LOAN_DAYS: Final = 360
_APPLICATION_DAYS: Final = 150


def credit(recipe: Recipe, population: Population, friends: Pairs) -> tuple[Sheet, ...]:
    """Rows of every credit table but those of rings and honest groups."""
    elsewhere, here = _loans(recipe, population), _own(recipe, population)
    return (
        _lenders(),
        *lent(recipe.rng("base.lent"), elsewhere),
        *lent(recipe.rng("base.lent_here"), here),
        _applications(recipe, population, here),
        _shopped_around(recipe, population),
        _guarantees(recipe, population, friends, elsewhere),
    )


def _lenders() -> Sheet:
    kinds: Mapping[str, int] = LENDER_COUNTS
    kind = np.concatenate([np.full(count, LENDER_KINDS.index(name)) for name, count in kinds.items()])
    return sheet("lenders", lender_id=np.arange(LENDERS), kind=kind)


def _failing(population: Population, person: Ints) -> Floats:
    probability: Floats = 1 / (1 + np.exp(3.4 - 1.1 * population.strain[person]))
    return probability


def _grown(population: Population, person: Ints) -> Ints:
    return np.compress(np.isin(person, population.adults), person)


def _loans(recipe: Recipe, population: Population) -> Book:
    rng = recipe.rng("base.loans")
    rate = 0.2 * np.exp(0.45 * np.minimum(population.strain, 1.5))
    person = _grown(population, np.repeat(np.arange(population.size), rng.poisson(rate)))
    opened = AS_OF_US - (rng.uniform(1, _LOAN_DAYS, len(person)) * DAY_US).astype(np.int64)
    loan = codes("loan", np.arange(len(person)))
    return terms(rng, loan, person, whole_seconds(opened), _failing(population, person))


def _own(recipe: Recipe, population: Population) -> Book:
    """Loans given here after an application."""
    rng = recipe.rng("base.own_loans")
    person = _grown(population, np.flatnonzero(rng.random(population.size) < 0.12))
    asked = np.maximum(population.registered_at[person], AS_OF_US - _APPLICATION_DAYS * DAY_US)
    opened = asked + ((AS_OF_US - asked) * rng.uniform(0.02, 0.99, len(person))).astype(np.int64)
    book = terms(
        rng, codes("line", np.arange(len(person))), person, whole_seconds(opened), _failing(population, person)
    )
    return replace(book, lender=np.full(len(person), OWN_LENDER))


def _applications(recipe: Recipe, population: Population, here: Book) -> Sheet:
    """Each loan given here was asked for within the hour before; as many requests again were turned down."""
    rng = recipe.rng("base.applications")
    refused = _grown(population, np.flatnonzero(rng.random(population.size) < 0.1))
    person = np.concatenate([here.person, refused])
    at = np.concatenate([here.opened_at - HOUR_US // 2, here.opened_at[rng.integers(0, len(here.loan), len(refused))]])
    at = np.maximum(at, population.registered_at[person])
    away = rng.random(len(person)) < 0.25
    ip = np.where(away, carrier(population.community[person]), population.home_ip[person])
    amount = np.concatenate([here.principal, rng.integers(5, 300, len(refused)) * 10_000])
    months = np.concatenate([here.months, rng.choice(np.array([3, 6, 12, 24]), len(refused))])
    return applications(person, amount, months, whole_seconds(at), population.device[person], ip)


def _shopped_around(recipe: Recipe, population: Population) -> Sheet:
    """Inquiries that led to no loan."""
    rng = recipe.rng("base.inquiries")
    rate = 0.25 * np.exp(0.3 * np.minimum(population.strain, 1.5))
    person = _grown(population, np.repeat(np.arange(population.size), rng.poisson(rate)))
    at = AS_OF_US - (rng.uniform(0, 200, len(person)) * DAY_US).astype(np.int64)
    return inquiries(rng, person, rng.integers(0, LENDERS, len(person)), at)


def _guarantees(recipe: Recipe, population: Population, friends: Pairs, book: Book) -> Sheet:
    """A friend answers for a loan now and then."""
    rng = recipe.rng("base.guarantees")
    order = np.argsort(friends.one, kind="stable")
    place = np.searchsorted(friends.one[order], book.person)
    known = order[np.minimum(place, len(order) - 1)]
    friend = friends.other[known]
    asked = (friends.one[known] == book.person) & (rng.random(len(book.loan)) < 0.15)
    asked &= np.isin(friend, population.adults)
    return sheet(
        "guarantees",
        guarantor_id=friend,
        person_id=book.person,
        loan_id=book.loan,
        amount=book.principal,
        at=book.opened_at,
    ).kept(asked)
