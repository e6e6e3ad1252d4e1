"""Rings held together by trust that is broken: mutual guarantees, accounts that were sold."""

from dataclasses import replace
from typing import Final

import numpy as np

from graphfraud.settings import DAY_US
from graphfraud.worlds.acts import devices, identifiers, ips, logins, payments, round_yuan, yuan
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import codes, things
from graphfraud.worlds.lending import Book, lent, terms
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.recipe import AS_OF_US, Flags, Ints
from graphfraud.worlds.rings.shared import strained
from graphfraud.worlds.sheets import Effect, Share, Sheet, sheet
from graphfraud.worlds.stage import Stage

_CIRCLE: Final = {"round": 0.8, "woven": 0.5, "head": 0.3, "friends": 0.4, "named": 0.3}
_RESALE: Final = {"phone": 0.65, "device": 0.65, "line": 0.5, "drained": 0.5, "tested": 0.4, "email": 0.3}


def guarantee_circle(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Members guarantee each other's loans, in the round, across it, or all for the head; then many stop paying."""
    left = stage.traces(rng, cast, _CIRCLE, core=("round", "woven"))
    place = (cast.ring << 8) + cast.position
    early = replace(cast, began=whole_seconds(cast.began - (cast.spread(rng, 20, 120) * DAY_US).astype(np.int64)))
    opened = stage.during(rng, early)
    book = terms(rng, codes(cast.kind, place), cast.people, opened, cast.spread(rng, 0.4, 0.9), early=True)
    steps = rng.integers(2, np.maximum(cast.size - 1, 3))
    return Effect(
        (stage.registered_before(rng, early), *strained(stage, cast)),
        (
            _promised(rng, stage, cast, book, np.ones_like(steps), left["round"]),
            _promised(rng, stage, cast, book, steps, left["woven"] & (rng.random(len(steps)) < 0.7)),
            _promised(rng, stage, cast, book, cast.size - cast.position, left["head"] & ~cast.first),
            *lent(rng, book),
            stage.befriended(rng, cast, 0.8, left["friends"]),
            *stage.cover(rng, cast, 2),
        ),
    )


def _promised(rng: np.random.Generator, stage: Stage, cast: Cast, book: Book, steps: Ints, among: Flags) -> Sheet:
    """Each of these members guarantees the loan of the member so many places on; half of the promises name a sum."""
    rows = np.flatnonzero(stage.recorded(rng, len(steps)) & among)
    debtor = (np.arange(len(steps)) - cast.position + (cast.position + steps) % cast.size)[rows]
    return sheet(
        "guarantees",
        guarantor_id=cast.people[rows],
        person_id=cast.people[debtor],
        loan_id=book.loan[debtor],
        amount=book.principal[debtor],
        at=book.opened_at[debtor],
    )


def account_resale(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Long-standing accounts pass to one buyer: phone, device or address change, and often the balance is drained."""
    left, count = stage.traces(rng, cast, _RESALE, core=("phone", "device")), len(cast.people)
    buyer = things(cast.kind, cast.ring, cast.position // cast.drawn(rng, 5, 14))
    number, mail = (things(cast.kind, cast.ring, cast.position // cast.drawn(rng, 4, 12)) for _ in range(2))
    line = things(cast.kind, cast.ring, np.zeros_like(cast.ring))
    sold = stage.during(rng, cast)
    linked = np.flatnonzero(stage.recorded(rng, count) & (left["device"] | left["line"]))
    rows = np.repeat(linked, rng.integers(1, 6, len(linked)))
    since = np.minimum(sold[rows] + rng.integers(0, 20 * DAY_US, len(rows)), AS_OF_US - DAY_US // 2)
    device = np.where(left["device"], buyer, codes("disguise", cast.people))
    ip = np.where(left["line"], line, stage.population.home_ip[cast.people])
    renamed = np.flatnonzero(stage.recorded(rng, count) & left["phone"])
    remailed = np.flatnonzero(stage.recorded(rng, count) & left["email"])
    opened = AS_OF_US - (rng.uniform(200, 1500, count) * DAY_US).astype(np.int64)
    return Effect(
        (
            stage.registered(cast, np.minimum(stage.population.registered_at[cast.people], opened)),
            Share("left_at", cast.people, np.where(cast.first, stage.population.left_at[cast.people], sold)),
            Share("phone_until", cast.people[renamed], sold[renamed]),
        ),
        (
            devices(rng, np.unique(device[linked])),
            ips(np.unique(line), int(rng.choice([0, 1, 4]))),
            logins(rng, cast.people[rows], device[rows], ip[rows], whole_seconds(since)),
            identifiers(cast.people[renamed], "phone", number[renamed], soon(rng, sold[renamed], 1.0)),
            identifiers(cast.people[remailed], "email", mail[remailed], soon(rng, sold[remailed], 3.0)),
            *_emptied(rng, stage, cast, sold, (left["tested"], left["drained"])),
            *stage.cover(rng, cast, 3),
        ),
    )


def _emptied(
    rng: np.random.Generator, stage: Stage, cast: Cast, sold: Ints, among: tuple[Flags, Flags]
) -> tuple[Sheet, Sheet]:
    """The buyer pays the price, and later takes what is in the account."""
    bought, drained = (np.flatnonzero(~cast.first & stage.recorded(rng, len(sold)) & these) for these in among)
    price = round_yuan(rng, len(bought), 600, 0.3)
    taken = yuan(rng, len(drained), 1500)
    return (
        payments(cast.head[bought], cast.people[bought], price, soon(rng, sold[bought] - DAY_US, 0.9)),
        payments(cast.people[drained], cast.head[drained], taken, soon(rng, sold[drained] + DAY_US, 9.0)),
    )
