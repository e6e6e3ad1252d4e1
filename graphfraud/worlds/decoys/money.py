"""Honest groups around money: shops that pay back, platforms that pay out, savings clubs, suppliers, remittances."""

import numpy as np

from graphfraud.settings import DAY_US, HOUR_US
from graphfraud.worlds.acts import AT_SHOP, FROM_SHOP, contacts, friendships, payments, round_yuan, yuan
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import codes, things
from graphfraud.worlds.lending import lent, terms
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.population import SELF_EMPLOYED
from graphfraud.worlds.recipe import AS_OF_US, Ints
from graphfraud.worlds.sheets import NULL, Effect, Share, Sheet, sheet
from graphfraud.worlds.stage import Stage
from graphfraud.worlds.words import CATEGORIES


def refund_shop(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """A sale that went wrong: buyers send the goods back and get their money, or a good part, within days."""
    shop = things("refund_shop", cast.ring, np.zeros_like(cast.ring))
    rows = np.repeat(np.arange(len(cast.people)), cast.drawn(rng, 1, 3))
    at, amount = stage.during(rng, cast, rows), yuan(rng, len(rows), 900, 1.0)
    amount = np.where(cast.spread(rng, 0, 1)[rows] < 0.4, round_yuan(rng, len(rows), 2500, 0.5), amount)
    back = np.flatnonzero(rng.random(len(rows)) < cast.spread(rng, 0.4, 1.0)[rows])
    part = cast.drawn(rng, 70, 100)[rows[back]]
    custom = cast.each(rng, 4.0)
    buyers, times = rng.choice(stage.honest, len(custom)), _ever(rng, len(custom))
    some = np.flatnonzero(cast.spread(rng, 0, 1) < 0.4)
    debt = terms(rng, codes(cast.kind, some), cast.people[some], stage.during(rng, cast, some), np.full(len(some), 0.1))
    unique = np.unique(shop)
    return Effect(
        (stage.registered_before(rng, cast),),
        (
            sheet("merchants", merchant_id=unique, category=rng.integers(0, len(CATEGORIES) - 1, len(unique))),
            payments(cast.people[rows], shop[rows], amount, at, AT_SHOP),
            payments(
                shop[rows[back]],
                cast.people[rows[back]],
                amount[back] * part // 100,
                soon(rng, at[back] + HOUR_US, cast.spread(rng, 0.5, 8)[rows[back]]),
                FROM_SHOP,
            ),
            payments(buyers, shop[custom], yuan(rng, len(custom), 200, 1.0), times, AT_SHOP),
            *lent(rng, debt),
        ),
    )


def gig_platform(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """A platform pays its drivers by the day or week; they pay it for gear and deposits, and get those back."""
    firm = things("gig_platform", cast.ring, np.zeros_like(cast.ring))
    rows = np.repeat(np.arange(len(cast.people)), cast.drawn(rng, 2, 9))
    bought = cast.each(rng, 1.2)
    at, price = stage.during(rng, cast, bought), yuan(rng, len(bought), 150, 0.8)
    returned = np.flatnonzero(rng.random(len(bought)) < 0.5)
    fresh = cast.spread(rng, 0, 0.7)
    own = rng.random(len(cast.people)) < 0.6
    return Effect(
        (
            *stage.registered_lately(rng, cast, fresh),
            Share("occupation", cast.people[own], np.full(int(own.sum()), SELF_EMPLOYED)),
            Share("employer", cast.people[own], np.full(int(own.sum()), NULL)),
            Share("invited", cast.people, np.where(rng.random(len(own)) < 0.5, 1, 0)),
        ),
        (
            sheet("merchants", merchant_id=np.unique(firm), category=CATEGORIES.index("travel")),
            payments(firm[rows], cast.people[rows], yuan(rng, len(rows), 300, 0.7), _since(rng, cast, rows), FROM_SHOP),
            payments(cast.people[bought], firm[bought], price, at, AT_SHOP),
            payments(
                firm[bought[returned]],
                cast.people[bought[returned]],
                price[returned],
                soon(rng, at[returned] + HOUR_US, 20),
                FROM_SHOP,
            ),
            _met(rng, stage, cast, 0.5),
        ),
    )


def savings_club(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Each round everybody pays in and one takes all; or the stake goes right round the circle within days."""
    stake = (cast.spread(rng, 200, 3000) * 100).astype(np.int64) // 10_000 * 10_000 + 10_000
    pot = cast.spread(rng, 0, 1) < 0.6
    every = cast.drawn(rng, 3, 28)
    sheets: list[Sheet] = []
    for number in range(5):
        held = cast.began + number * every * DAY_US
        taker = cast.people[np.arange(len(pot)) - cast.position + number % cast.size]
        paid = np.flatnonzero(pot & (held < AS_OF_US - 3 * DAY_US) & (taker != cast.people))
        sheets.append(payments(cast.people[paid], taker[paid], stake[paid], soon(rng, held[paid], 1.5)))
        round_it = np.flatnonzero(~pot & (held < AS_OF_US - 6 * DAY_US) & (number < 3))
        hop = cast.spread(rng, 0.02, 5) * DAY_US / cast.size
        at = held + ((cast.position + rng.uniform(0.1, 0.9, len(hop))) * hop).astype(np.int64)
        less = rng.integers(0, 2, len(stake)) * rng.integers(0, 40, len(stake)) * cast.position
        amount = stake * np.maximum(1000 - less, 500) // 1000
        sheets.append(
            payments(cast.people[round_it], cast.ahead()[round_it], amount[round_it], whole_seconds(at[round_it]))
        )
    return Effect(
        (stage.registered_before(rng, cast),),
        (*sheets, _met(rng, stage, cast, 1.5), _named(rng, stage, cast, 0.3), _gave(rng, stage, cast, 1.5, 150)),
    )


def supply_chain(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Customers pay the seller, who pays the supplier within hours or days, who pays the next; each keeps a margin."""
    own = np.full(len(cast.people), SELF_EMPLOYED)
    none = np.full(len(cast.people), NULL)
    runs = cast.drawn(rng, 2, 6)
    pace, margin = cast.spread(rng, 20, 2000), cast.drawn(rng, 2, 25)
    sheets: list[Sheet] = []
    for number in range(int(runs.max())):
        begun = soon(rng, cast.began, 14.0)[np.arange(len(own)) - cast.position]
        wait = np.cumsum(rng.uniform(0.1, 1, len(own)))
        wait -= wait[np.arange(len(own)) - cast.position]
        at = whole_seconds(begun + (wait * pace * 60_000_000).astype(np.int64))
        amount = yuan(rng, len(own), 6000, 0.6)[np.arange(len(own)) - cast.position]
        left = np.maximum(amount * (100 - margin * cast.position) // 100, 20_000)
        paid = np.flatnonzero((cast.position < cast.size - 1) & (number < runs) & (at < AS_OF_US))
        heads = np.flatnonzero(cast.first & (number < runs))
        buyers = rng.choice(stage.honest, len(heads))
        sheets.append(payments(buyers, cast.people[heads], amount[heads], begun[heads] - HOUR_US))
        sheets.append(payments(cast.people[paid], cast.ahead()[paid], left[paid], at[paid]))
    return Effect(
        (
            stage.registered_before(rng, cast),
            Share("occupation", cast.people, own),
            Share("employer", cast.people, none),
            Share("work_ip", cast.people, none),
        ),
        (*sheets, _gave(rng, stage, cast, 2.0, 900), _met(rng, stage, cast, 0.8)),
    )


def remittance(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Workers hand their savings to one who carries them home, or a foreman pays the crew from what a client paid."""
    crew = cast.spread(rng, 0, 1) < 0.5
    kept = cast.drawn(rng, 0, 20)
    sheets: list[Sheet] = []
    for number in range(3):
        at = soon(rng, cast.began + number * 25 * DAY_US, 1.5)
        amount = round_yuan(rng, len(kept), 2500, 0.4)
        later = soon(rng, at + HOUR_US // 6, cast.spread(rng, 0.05, 1.5))
        rest = amount * (1000 - kept) // 1000
        happened = (cast.began + number * 25 * DAY_US < AS_OF_US - 2 * DAY_US) & ~cast.first
        carried, waged = np.flatnonzero(happened & ~crew), np.flatnonzero(happened & crew)
        home = rng.choice(stage.honest, len(carried))
        client = rng.choice(stage.honest, len(waged))
        sheets += [
            payments(cast.people[carried], cast.head[carried], amount[carried], at[carried]),
            payments(cast.head[carried], home, rest[carried], later[carried]),
            payments(client, cast.head[waged], amount[waged], at[waged]),
            payments(cast.head[waged], cast.people[waged], rest[waged], later[waged]),
        ]
    return Effect(
        (stage.registered_before(rng, cast),),
        (*sheets, _met(rng, stage, cast, 1.0), _named(rng, stage, cast, 0.2)),
    )


def _ever(rng: np.random.Generator, count: int) -> Ints:
    return whole_seconds(AS_OF_US - (rng.uniform(0.1, 110, count) * DAY_US).astype(np.int64))


def _since(rng: np.random.Generator, cast: Cast, rows: Ints) -> Ints:
    """Any time since the group came together."""
    began = cast.began[rows]
    return whole_seconds(began + (rng.random(len(rows)) * (AS_OF_US - began)).astype(np.int64))


def _met(rng: np.random.Generator, stage: Stage, cast: Cast, times: float) -> Sheet:
    """Friendships of old and new."""
    rows = cast.each(rng, times * stage.hard.density)
    since = AS_OF_US - (rng.uniform(5, 700, len(rows)) * DAY_US).astype(np.int64)
    return friendships(cast.people[rows], cast.mate(rng)[rows], whole_seconds(since))


def _named(rng: np.random.Generator, stage: Stage, cast: Cast, times: float) -> Sheet:
    rows = cast.each(rng, times * stage.hard.density)
    return contacts(cast.people[rows], cast.mate(rng)[rows], _ever(rng, len(rows)))


def _gave(rng: np.random.Generator, stage: Stage, cast: Cast, times: float, median: float) -> Sheet:
    rows = cast.each(rng, times * stage.hard.density)
    return payments(cast.people[rows], cast.mate(rng)[rows], yuan(rng, len(rows), median), _ever(rng, len(rows)))
