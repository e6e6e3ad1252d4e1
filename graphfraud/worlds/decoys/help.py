"""Honest groups that act together for a while: relatives who vouch, helpers who apply for others, sign-up drives."""

import numpy as np

from graphfraud.settings import DAY_US, HOUR_US
from graphfraud.worlds.acts import (
    AT_SHOP,
    FROM_SHOP,
    applications,
    contacts,
    devices,
    friendships,
    ips,
    logins,
    memberships,
    payments,
    round_yuan,
    yuan,
)
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import OWN_LENDER, codes, things
from graphfraud.worlds.lending import Book, lent, terms
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.population import SALARIED, STUDENT
from graphfraud.worlds.recipe import AS_OF_US, Floats, Ints
from graphfraud.worlds.sheets import NULL, Effect, Share, sheet
from graphfraud.worlds.stage import Stage
from graphfraud.worlds.words import CATEGORIES, EMPLOYER

_HARD_TIMES = 0.25
_FAILING = (0.02, 0.55)


def relatives(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Relatives or colleagues answer for each other's loans; mostly they pay, in hard times some do not."""
    count = len(cast.people)
    place = (cast.ring << 8) + cast.position
    season = AS_OF_US - (cast.spread(rng, 60, 300) * DAY_US).astype(np.int64)
    opened = whole_seconds(season + (rng.random(count) * cast.spread(rng, 0.5, 30) * DAY_US).astype(np.int64))
    book = terms(rng, codes(cast.kind, place), cast.people, opened, failing(rng, cast))
    steps = rng.integers(1, np.minimum(cast.size, 4))
    rows = np.flatnonzero(stage.knit(rng, count))
    debtor = (np.arange(count) - cast.position + (cast.position + steps) % cast.size)[rows]
    known = cast.each(rng, 1.5 * stage.hard.density)
    given = cast.each(rng, 2.0 * stage.hard.density)
    return Effect(
        (),
        (
            *lent(rng, book),
            sheet(
                "guarantees",
                guarantor_id=cast.people[rows],
                person_id=cast.people[debtor],
                loan_id=book.loan[debtor],
                amount=book.principal[debtor],
                at=opened[debtor],
            ),
            friendships(cast.people[known], cast.mate(rng)[known], _long_ago(rng, len(known))),
            contacts(cast.people[rows], cast.mate(rng)[rows], _long_ago(rng, len(rows))),
            payments(cast.people[given], cast.mate(rng)[given], yuan(rng, len(given), 300), _lately(rng, len(given))),
        ),
    )


def helper(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """The village head, or a broker by trade, helps others apply, is their contact and is thanked or paid a fee."""
    desk = things("helper", cast.ring, np.zeros_like(cast.ring))
    client = np.flatnonzero(~cast.first)
    opened = stage.during(rng, cast)
    book = own_loans(rng, cast, client, opened, failing(rng, cast))
    sat = client[(rng.random(len(client)) < cast.spread(rng, 0.2, 1.0)[client])]
    named = client[rng.random(len(client)) < cast.spread(rng, 0, 0.9)[client]]
    broker = cast.spread(rng, 0, 1) < 0.5
    paid = np.flatnonzero(rng.random(len(client)) < np.where(broker, 0.8, 0.3)[client])
    share = np.where(broker, cast.drawn(rng, 1, 8), 0)[client[paid]]
    fee = np.maximum(book.principal[paid] * share // 100, yuan(rng, len(paid), 40))
    before = opened - HOUR_US
    amount, months = round_yuan(rng, len(sat), 5000), rng.choice(np.array([6, 12]), len(sat))
    rows = cast.each(rng, 1.0 * stage.hard.density)
    return Effect(
        (stage.registered_before(rng, cast),),
        (
            devices(rng, np.unique(desk)),
            ips(np.unique(desk), int(rng.choice([0, 1, 2, 3]))),
            logins(rng, cast.people[sat], desk[sat], desk[sat], before[sat]),
            logins(rng, cast.head[sat], desk[sat], desk[sat], _lately(rng, len(sat))),
            applications(cast.people[sat], amount, months, before[sat], desk[sat], desk[sat]),
            contacts(cast.people[named], cast.head[named], before[named]),
            payments(
                cast.people[client[paid]],
                cast.head[client[paid]],
                fee,
                soon(rng, book.opened_at[paid] + HOUR_US, cast.spread(rng, 0.5, 20)[client[paid]]),
            ),
            *lent(rng, book),
            friendships(cast.people[rows], cast.head[rows], _long_ago(rng, len(rows))),
        ),
    )


def sign_up_drive(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Friends invite friends at a booth or in a hall: accounts in one burst, a reward, a first purchase."""
    booth = things("sign_up_drive", cast.ring, np.zeros_like(cast.ring))
    at = soon(rng, cast.began, cast.spread(rng, 0.1, 6))
    student = np.flatnonzero(cast.spread(rng, 0, 1) < 0.5)
    there = np.flatnonzero(rng.random(len(at)) < cast.spread(rng, 0.1, 1.0))
    tablet = rng.random(len(there)) < cast.spread(rng, 0, 0.7)[there]
    device = np.where(tablet, booth[there], stage.population.device[cast.people[there]])
    shop = codes("shop", cast.drawn(rng, 0, max(2, stage.population.size // 600)))
    shop = np.where(cast.drawn(rng, 0, 1) == 1, booth, shop)
    got = np.flatnonzero(rng.random(len(at)) < cast.spread(rng, 0.2, 1.0))
    spent = np.flatnonzero(rng.random(len(at)) < cast.spread(rng, 0.1, 0.9))
    reward = (cast.spread(rng, 10, 100) * 100).astype(np.int64)
    rows = cast.each(rng, 1.5 * stage.hard.density)
    thanks = cast.each(rng, 0.4)
    return Effect(
        (
            stage.registered(cast, at),
            Share("invited", cast.people, np.where(rng.random(len(at)) < 0.8, 1, 0)),
            Share("occupation", cast.people[student], np.full(len(student), STUDENT)),
            Share("employer", cast.people[student], np.full(len(student), NULL)),
        ),
        (
            sheet("merchants", merchant_id=np.unique(booth), category=CATEGORIES.index("games")),
            devices(rng, np.unique(booth)),
            ips(np.unique(booth), int(rng.choice([0, 1, 3]))),
            logins(rng, cast.people[there], device, booth[there], soon(rng, at[there] + 60_000_000, 0.05)),
            payments(cast.people[spent], shop[spent], yuan(rng, len(spent), 15, 0.6), soon(rng, at[spent], 3), AT_SHOP),
            payments(shop[got], cast.people[got], reward[got], soon(rng, at[got] + HOUR_US, 2), FROM_SHOP),
            payments(cast.people[thanks], cast.head[thanks], yuan(rng, len(thanks), 20), soon(rng, at[thanks], 9)),
            friendships(cast.people[rows], cast.mate(rng)[rows], soon(rng, at[rows], 20)),
            memberships(rng, cast.people[rows], codes("sign_up_drive", cast.ring[rows]), soon(rng, at[rows], 9)),
        ),
    )


def benefit_drive(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """An employer's benefit: colleagues apply within days from one address, each on their own phone, and mostly pay."""
    firm = things("benefit_drive", cast.ring, np.zeros_like(cast.ring))
    opened = soon(rng, cast.began, cast.spread(rng, 0.2, 5))
    asked = np.flatnonzero(stage.knit(rng, len(opened)))
    book = own_loans(rng, cast, asked, opened, failing(rng, cast))
    device = np.where(rng.random(len(asked)) < 0.15, firm[asked], stage.population.device[cast.people[asked]])
    before = whole_seconds(opened[asked] - HOUR_US // 2)
    fresh = cast.spread(rng, 0, 0.8)
    rows = cast.each(rng, 1.5 * stage.hard.density)
    wages = np.flatnonzero(cast.spread(rng, 0, 1) < 0.7)
    return Effect(
        (
            *stage.registered_lately(rng, cast, fresh),
            Share("occupation", cast.people, np.full(len(firm), SALARIED)),
            Share("employer", cast.people[wages], firm[wages]),
            Share("work_ip", cast.people, firm),
        ),
        (
            sheet("merchants", merchant_id=np.unique(firm), category=EMPLOYER),
            ips(np.unique(firm), 2),
            devices(rng, np.unique(firm)),
            logins(rng, cast.people[asked], device, firm[asked], before),
            applications(cast.people[asked], book.principal, book.months, before, device, firm[asked]),
            *lent(rng, book),
            friendships(cast.people[rows], cast.mate(rng)[rows], _long_ago(rng, len(rows))),
        ),
    )


def failing(rng: np.random.Generator, cast: Cast) -> Floats:
    """Chance that a loan stops being paid, for each member: small, but high in groups that fell on hard times."""
    usual, bad = _FAILING
    fallen = cast.spread(rng, 0, 1) < _HARD_TIMES
    return np.where(fallen, cast.spread(rng, 0.15, bad), usual + rng.uniform(0, 0.06, len(fallen)))


def own_loans(rng: np.random.Generator, cast: Cast, rows: Ints, opened: Ints, chance: Floats) -> Book:
    """A loan for each of these members, most of them given here."""
    place = (cast.ring[rows] << 8) + cast.position[rows]
    drawn = terms(rng, codes(cast.kind, place), cast.people[rows], whole_seconds(opened[rows]), chance[rows])
    return Book(
        loan=drawn.loan,
        person=drawn.person,
        lender=np.where(rng.random(len(rows)) < 0.8, OWN_LENDER, drawn.lender),
        principal=drawn.principal,
        opened_at=drawn.opened_at,
        months=drawn.months,
        stops=drawn.stops,
        late=drawn.late,
    )


def _long_ago(rng: np.random.Generator, count: int) -> Ints:
    return whole_seconds(AS_OF_US - (rng.uniform(10, 900, count) * DAY_US).astype(np.int64))


def _lately(rng: np.random.Generator, count: int) -> Ints:
    return whole_seconds(AS_OF_US - (rng.uniform(0.1, 110, count) * DAY_US).astype(np.int64))
