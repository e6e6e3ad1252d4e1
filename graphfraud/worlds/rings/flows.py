"""Rings held together by money: cash-out at a shop, chains of mules, cycles of transfers, promotion abuse."""

from typing import Final

import numpy as np

from graphfraud.settings import DAY_US, HOUR_US
from graphfraud.worlds.acts import (
    AT_SHOP,
    FROM_SHOP,
    devices,
    friendships,
    ips,
    logins,
    payments,
    round_yuan,
    yuan,
)
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import things
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.recipe import AS_OF_US, Flags, Ints
from graphfraud.worlds.sheets import Effect, Share, Sheet, sheet
from graphfraud.worlds.stage import Stage
from graphfraud.worlds.words import CATEGORIES, COMPLAINTS

CYCLE_US: Final = 3 * DAY_US
"""Every lap of a transfer cycle closes within this time."""
_ELECTRONICS: Final = CATEGORIES.index("electronics")
_GAMES: Final = CATEGORIES.index("games")
_SCAM: Final = COMPLAINTS.index("scam")
_PUBLIC: Final = 3


def cash_out(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Members buy for round sums at a colluding shop, which sends most of the money back; the shop has real buyers."""
    shop = things("cash_out", cast.ring, np.zeros_like(cast.ring))
    rows = np.repeat(np.arange(len(cast.people)), rng.integers(1, 4, len(cast.people)))
    at = stage.during(rng, cast.began[rows])
    amount = round_yuan(rng, len(rows), 3000, 0.5)
    back = stage.recorded(rng, len(rows))
    returned = amount[back] * rng.integers(88, 98, back.sum()) // 100
    custom = cast.each(rng, 6 * stage.hard.camouflage / (1 - stage.hard.camouflage))
    buyers = rng.choice(stage.honest, len(custom))
    return Effect(
        (stage.registered_before(rng, cast),),
        (
            sheet("merchants", merchant_id=np.unique(shop), category=_ELECTRONICS),
            payments(cast.people[rows], shop[rows], amount, at, AT_SHOP),
            payments(
                shop[rows][back], cast.people[rows][back], returned, soon(rng, at[back] + HOUR_US, 1.5), FROM_SHOP
            ),
            payments(buyers, shop[custom], yuan(rng, len(custom), 90), _any_time(rng, len(custom)), AT_SHOP),
            stage.befriended(rng, cast, 0.5),
            *stage.cover(rng, cast, 2),
        ),
    )


def mule_chain(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Victims pay the head; each member passes the money on within an hour and a half and keeps a little."""
    sheets: list[Sheet] = []
    for _ in range(3):
        start = stage.during(rng, cast.began)[cast.first]
        amount = round_yuan(rng, len(start), 12_000, 0.4)
        victims = rng.choice(stage.honest, len(start))
        heads = cast.people[cast.first]
        sheets.append(payments(victims, heads, amount, start))
        told = rng.random(len(start)) < 0.5
        sheets.append(_complained(rng, victims[told], heads[told], start[told]))
        at = start[cast.ring] + _running(cast, rng.integers(5, 91, len(cast.people)) * 60_000_000)
        kept = _running(cast, rng.integers(5, 30, len(cast.people)))
        onward = np.flatnonzero((cast.position < cast.size - 1) & stage.recorded(rng, len(cast.people)))
        passed = amount[cast.ring[onward]] * (1000 - kept[onward]) // 1000
        sheets.append(payments(cast.people[onward], cast.ahead()[onward], passed, at[onward]))
    return Effect((stage.registered_before(rng, cast),), (*sheets, *stage.cover(rng, cast, 4)))


def transfer_cycle(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Money goes once round the ring, hardly less each time, and is back where it began within three days."""
    sheets: list[Sheet] = []
    for _ in range(2):
        start = stage.during(rng, cast.began)[cast.first]
        amount = round_yuan(rng, len(start), 5000, 0.5)
        hop = (rng.uniform(0.1, 0.9, len(cast.people)) * CYCLE_US / cast.size).astype(np.int64)
        at = whole_seconds(start[cast.ring] + _running(cast, hop))
        lost = _running(cast, rng.integers(0, 6, len(cast.people)))
        sheets.append(payments(cast.people, cast.ahead(), amount[cast.ring] * (1000 - lost) // 1000, at))
    sheets.append(stage.befriended(rng, cast, 0.4))
    return Effect((stage.registered_before(rng, cast),), (*sheets, *stage.cover(rng, cast, 3)))


def promotion_abuse(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Fresh invited accounts buy for next to nothing, take the reward, get the price back and send it to the head."""
    phone = things("promotion_abuse", cast.ring, cast.position // 5)
    venue = things("promotion_abuse", cast.ring, np.zeros_like(cast.ring))
    linked = stage.recorded(rng, len(cast.people))
    others = np.flatnonzero(~cast.first & stage.recorded(rng, len(cast.people)))
    at = stage.during(rng, cast.began)
    bonus = yuan(rng, len(cast.people), 40, 0.1)
    refunded = np.where(rng.random(len(at)) < 0.7, soon(rng, at + HOUR_US, 1.0), -1)
    invited = Share("invited", cast.people, np.where(linked, 1, stage.population.invited[cast.people]))
    return Effect(
        (*stage.registered_lately(rng, cast, 0.8), invited),
        (
            sheet("merchants", merchant_id=np.unique(venue), category=_GAMES),
            devices(rng, np.unique(phone), emulators=0.15),
            ips(np.unique(venue), _PUBLIC),
            logins(rng, *_rows(linked, cast.people, phone, venue, soon(rng, at - HOUR_US, 0.03)), scripted=True),
            payments(cast.people, venue, yuan(rng, len(at), 12, 0.3), at, AT_SHOP, refunded),
            payments(venue, cast.people, bonus, soon(rng, at + 60_000_000, 0.1), FROM_SHOP),
            payments(cast.people[others], cast.head[others], bonus[others], soon(rng, at[others] + HOUR_US, 2.0)),
            friendships(cast.people[others], cast.head[others], at[others]),
            *stage.cover(rng, cast, 3),
        ),
    )


def _rows(mask: Flags, *arrays: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    person, device, ip, at = (values[mask] for values in arrays)
    return person, device, ip, at


def _running(cast: Cast, steps: Ints) -> Ints:
    """Running sum of steps round each ring, the member's own step included."""
    total = np.cumsum(steps)
    before = (total - steps)[np.arange(len(total)) - cast.position]
    running: Ints = total - before
    return running


def _any_time(rng: np.random.Generator, count: int) -> Ints:
    return whole_seconds(AS_OF_US - (rng.uniform(0.1, 100, count) * DAY_US).astype(np.int64))


def _complained(rng: np.random.Generator, reporter: Ints, person: Ints, after: Ints) -> Sheet:
    return sheet("reports", reporter_id=reporter, person_id=person, at=soon(rng, after + HOUR_US, 6.0), reason=_SCAM)
