"""Rings held together by things: farm devices, shared identities, a loan agent's desk."""

import numpy as np

from graphfraud.settings import DAY_US, HOUR_US
from graphfraud.worlds.acts import applications, contacts, devices, identifiers, ips, logins, payments, round_yuan
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import OWN_LENDER, codes, things
from graphfraud.worlds.lending import Book, lent, terms
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.recipe import Ints
from graphfraud.worlds.sheets import Effect, Share, Sheet
from graphfraud.worlds.stage import Stage

_RESIDENTIAL, _DATACENTER = 0, 4
_STRAINED = 1.5


def device_farm(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """About four members take turns on each phone of a rack behind one address, in scripted sessions, then apply."""
    rack = things("device_farm", cast.ring, cast.position // 4)
    address = things("device_farm", cast.ring, cast.position // 12)
    linked = np.flatnonzero(stage.recorded(rng, len(cast.people)))
    rows = np.repeat(linked, rng.integers(2, 5, len(linked)))
    shift = whole_seconds(cast.began[rows] + rng.integers(0, 3, len(rows)) * _days(stage.hard.spread_days / 3))
    at = soon(rng, shift, 2 / 24)
    own = rng.random(len(rows)) < 0.3
    ip = np.where(own, stage.population.home_ip[cast.people[rows]], address[rows])
    return Effect(
        (
            *stage.registered_lately(rng, cast, 0.4),
            *_strain(stage, cast),
        ),
        (
            devices(rng, np.unique(rack), emulators=0.3),
            ips(np.unique(address), _DATACENTER),
            logins(rng, cast.people[rows], rack[rows], ip, at, scripted=True),
            _applied(rng, stage, cast, rack, address),
            *_borrowed(rng, stage, cast, 0.5),
            *stage.cover(rng, cast, 2),
        ),
    )


def shared_identity(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """One set of papers behind many names: members hold the same phones, cards, addresses, sometimes documents."""
    sheets = []
    for item, (kind, per_value) in enumerate((("phone", 6), ("card", 5), ("address", 8), ("national_id", 3))):
        share = 0.4 if kind == "national_id" else 0.85
        linked = np.flatnonzero(stage.recorded(rng, len(cast.people)) & (rng.random(len(cast.people)) < share))
        value = things("shared_identity", cast.ring, item * 32 + cast.position // per_value)
        since = stage.during(rng, cast.began[linked])
        sheets.append(identifiers(cast.people[linked], kind, value[linked], since))
    return Effect(
        (*stage.registered_lately(rng, cast, 0.4), *_strain(stage, cast)),
        (*sheets, *_borrowed(rng, stage, cast, 0.9), *stage.cover(rng, cast, 2)),
    )


def loan_agent(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """The member at the head submits the applications of the others from one desk and is paid a fee from each loan."""
    desk = things("loan_agent", cast.ring, np.zeros_like(cast.ring))
    client = np.flatnonzero(~cast.first)
    opened = stage.during(rng, cast.began)
    book = _own_loans(rng, cast, client, opened)
    seen = client[stage.recorded(rng, len(client))]
    named = seen[rng.random(len(seen)) < 0.5]
    paid = client[stage.recorded(rng, len(client))]
    principal = np.zeros(len(cast.people), np.int64)
    principal[client] = book.principal
    fee = principal[paid] * rng.integers(8, 20, len(paid)) // 100
    before = opened - HOUR_US
    return Effect(
        (stage.registered_before(rng, cast), *_strain(stage, cast)),
        (
            devices(rng, np.unique(desk)),
            ips(np.unique(desk), _RESIDENTIAL),
            logins(rng, cast.people[seen], desk[seen], desk[seen], before[seen]),
            logins(rng, cast.people[cast.first], desk[cast.first], desk[cast.first], before[cast.first]),
            applications(
                cast.people[seen], principal[seen], np.full(len(seen), 12), before[seen], desk[seen], desk[seen]
            ),
            contacts(cast.people[named], cast.head[named], before[named]),
            payments(cast.people[paid], cast.head[paid], fee, soon(rng, opened[paid] + HOUR_US, 1.0)),
            *lent(rng, book),
            *stage.cover(rng, cast, 3),
        ),
    )


def _days(days: float) -> int:
    return int(days * DAY_US)


def _strain(stage: Stage, cast: Cast) -> tuple[Share, ...]:
    """Who never means to pay back defaults more often."""
    return (Share("strain", cast.people, stage.population.strain[cast.people] + _STRAINED),)


def _own_loans(rng: np.random.Generator, cast: Cast, rows: Ints, opened: Ints) -> Book:
    place = (cast.ring[rows] << 8) + cast.position[rows]
    drawn = terms(rng, codes(cast.kind, place), cast.people[rows], opened[rows], np.full(len(rows), 0.6), early=True)
    return Book(
        loan=drawn.loan,
        person=drawn.person,
        lender=np.full(len(rows), OWN_LENDER),
        principal=drawn.principal,
        opened_at=drawn.opened_at,
        months=np.full(len(rows), 12),
        stops=np.minimum(drawn.stops, 12),
        late=drawn.late,
    )


def _applied(rng: np.random.Generator, stage: Stage, cast: Cast, device: Ints, ip: Ints) -> Sheet:
    rows = np.flatnonzero(stage.recorded(rng, len(cast.people)))
    amount = round_yuan(rng, len(rows), 8000, 0.3)
    at = stage.during(rng, cast.began[rows])
    return applications(cast.people[rows], amount, rng.choice(np.array([6, 12]), len(rows)), at, device[rows], ip[rows])


def _borrowed(rng: np.random.Generator, stage: Stage, cast: Cast, times: float) -> tuple[Sheet, ...]:
    """Loans at several lenders while the ring acts, most of them soon given up."""
    rows = cast.each(rng, times)
    opened = stage.during(rng, cast.began[rows])
    failing = np.full(len(rows), 0.6)
    return lent(rng, terms(rng, codes(cast.kind, np.arange(len(rows))), cast.people[rows], opened, failing, early=True))
