"""Honest groups at work: offices, call centres, market stalls, co-operatives."""

import numpy as np

from graphfraud.settings import DAY_US
from graphfraud.worlds.acts import FROM_SHOP, devices, friendships, ips, logins, payments, yuan
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import codes, things
from graphfraud.worlds.decoys.help import failing
from graphfraud.worlds.lending import MONTH_US, lent, terms
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.population import SALARIED, SELF_EMPLOYED
from graphfraud.worlds.recipe import AS_OF_US, HISTORY_US, Ints
from graphfraud.worlds.sheets import NULL, Effect, Share, Sheet, sheet
from graphfraud.worlds.stage import Stage
from graphfraud.worlds.words import EMPLOYER

_OFFICE = 2


def office(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """One employer, one address on the network, shared lunches; expenses come back from the employer."""
    firm = things("office", cast.ring, np.zeros_like(cast.ring))
    rows = cast.each(rng, 1.5 * stage.hard.density)
    spent = yuan(rng, len(rows), 800)
    return Effect(
        _employed(cast, firm),
        (
            sheet("merchants", merchant_id=np.unique(firm), category=EMPLOYER),
            ips(np.unique(firm), _OFFICE),
            payments(firm[rows], cast.people[rows], spent, _day(rng, len(rows)), FROM_SHOP),
            _colleagues(rng, stage, cast),
            _among(rng, cast, 2.0 * stage.hard.density, 35),
        ),
    )


def call_centre(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Shifts on shared machines behind one address, paid by one employer."""
    firm = things("call_centre", cast.ring, np.zeros_like(cast.ring))
    machine = things("call_centre", cast.ring, cast.position // 4)
    rows = cast.each(rng, 5.0 * stage.hard.density)
    return Effect(
        _employed(cast, firm),
        (
            sheet("merchants", merchant_id=np.unique(firm), category=EMPLOYER),
            ips(np.unique(firm), _OFFICE),
            devices(rng, np.unique(machine)),
            logins(rng, cast.people[rows], machine[rows], firm[rows], _day(rng, len(rows))),
            _colleagues(rng, stage, cast),
        ),
    )


def market(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Stall keepers who buy from each other daily; a savings club of theirs sends money right round the group."""
    club = rng.random(len(cast.people))[cast.ring] < stage.hard.density
    paid = np.flatnonzero(club)
    around = soon(rng, cast.began[paid], 14.0)
    stake = yuan(rng, len(cast.people), 1500, 0.3)[cast.ring]
    none = np.full(len(cast.people), NULL)
    return Effect(
        (
            Share("occupation", cast.people, np.full(len(cast.people), SELF_EMPLOYED)),
            Share("employer", cast.people, none),
            Share("work_ip", cast.people, none),
        ),
        (
            payments(cast.people[paid], cast.ahead()[paid], stake[paid], around),
            _among(rng, cast, 5.0 * stage.hard.density, 300),
            _among(rng, cast, 2.0 * stage.hard.density, 2000),
        ),
    )


def co_operative(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Members guarantee each other's loans in turn, pay them back well, and trade among themselves."""
    count = len(cast.people)
    place = (cast.ring << 8) + cast.position
    season = AS_OF_US - (rng.uniform(90, 300, count) * DAY_US).astype(np.int64)[cast.ring]
    opened = whole_seconds(season + rng.integers(0, MONTH_US, count))
    book = terms(rng, codes(cast.kind, place), cast.people, opened, failing(rng, cast))
    debtor = np.arange(count) - cast.position + (cast.position + 1) % cast.size
    rows = np.flatnonzero(stage.knit(rng, count))
    return Effect(
        (),
        (
            *lent(rng, book),
            sheet(
                "guarantees",
                guarantor_id=cast.people[rows],
                person_id=cast.ahead()[rows],
                loan_id=book.loan[debtor][rows],
                amount=book.principal[debtor][rows],
                at=opened[debtor][rows],
            ),
            _colleagues(rng, stage, cast),
            _among(rng, cast, 2.5 * stage.hard.density, 500),
        ),
    )


def _employed(cast: Cast, firm: Ints) -> tuple[Share, ...]:
    return (
        Share("occupation", cast.people, np.full(len(firm), SALARIED)),
        Share("employer", cast.people, firm),
        Share("work_ip", cast.people, firm),
    )


def _day(rng: np.random.Generator, count: int) -> Ints:
    return soon(rng, np.full(count, AS_OF_US - HISTORY_US), 119)


def _colleagues(rng: np.random.Generator, stage: Stage, cast: Cast) -> Sheet:
    rows = cast.each(rng, 1.5 * stage.hard.density)
    since = whole_seconds(AS_OF_US - (rng.uniform(20, 700, len(rows)) * DAY_US).astype(np.int64))
    return friendships(cast.people[rows], cast.mate(rng)[rows], since)


def _among(rng: np.random.Generator, cast: Cast, times: float, median: float) -> Sheet:
    rows = cast.each(rng, times)
    return payments(cast.people[rows], cast.mate(rng)[rows], yuan(rng, len(rows), median), _day(rng, len(rows)))
