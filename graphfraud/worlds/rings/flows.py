"""Rings held together by money: cash-out at a shop, mules, cycles of transfers, promotion abuse."""

from collections.abc import Mapping
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
from graphfraud.worlds.codes import codes, things
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.recipe import AS_OF_US, Flags, Floats, Ints
from graphfraud.worlds.rings.shared import borrowed, strained
from graphfraud.worlds.sheets import NULL, Effect, Share, Sheet, sheet
from graphfraud.worlds.stage import Stage
from graphfraud.worlds.words import CATEGORIES, COMPLAINTS

CYCLE_US: Final = 3 * DAY_US
"""Every lap of a transfer cycle closes within this time."""
_SCAM: Final = COMPLAINTS.index("scam")
_MOBILE, _PUBLIC = 1, 3
_CASH_OUT: Final = {"payback": 0.75, "relay": 0.3, "refunded": 0.15, "round": 0.6, "borrowed": 0.5, "friends": 0.3}
_MULES: Final = {"chain": 0.5, "gather": 0.35, "scatter": 0.3, "told": 0.4, "fresh": 0.3, "desk": 0.2}
_CYCLE: Final = {"whole": 0.4, "loops": 0.7, "friends": 0.3, "even": 0.5}
_PROMOTION: Final = {"bonus": 0.75, "phone": 0.55, "line": 0.5, "refunded": 0.4, "onward": 0.6, "friends": 0.3}
_INVITED: Final = {"invited": 0.7, "fresh": 0.7, "script": 0.4}


def cash_out(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Members buy at a colluding shop, which sends most of the money back, or to the head; the shop has real buyers."""
    left = stage.traces(rng, cast, _CASH_OUT, core=("payback", "relay"))
    shop = things("cash_out", cast.ring, np.zeros_like(cast.ring))
    rows = np.repeat(np.arange(len(cast.people)), rng.integers(1, 5, len(cast.people)))
    at, amount = stage.during(rng, cast, rows), round_yuan(rng, len(rows), 3000, 0.5)
    amount = np.where(left["round"][rows], amount, amount * rng.integers(700, 1300, len(rows)) // 1000)
    refunded = np.where(left["refunded"][rows] & (rng.random(len(rows)) < 0.5), soon(rng, at, 3), NULL)
    custom = cast.each(rng, 8 * stage.hard.camouflage)
    buyers, times = rng.choice(stage.honest, len(custom)), _any_time(rng, len(custom))
    unique = np.unique(shop)
    return Effect(
        (stage.registered_before(rng, cast), *strained(stage, cast)),
        (
            sheet("merchants", merchant_id=unique, category=rng.integers(0, len(CATEGORIES) - 1, len(unique))),
            payments(cast.people[rows], shop[rows], amount, at, AT_SHOP, refunded),
            *_paid_back(rng, stage, cast, left, (rows, shop[rows], amount, at)),
            payments(buyers, shop[custom], yuan(rng, len(custom), 90, 1.2), times, AT_SHOP),
            stage.befriended(rng, cast, 0.8, left["friends"]),
            *borrowed(rng, stage, cast, left["borrowed"], 0.7),
            *stage.cover(rng, cast, 2),
        ),
    )


def _paid_back(
    rng: np.random.Generator,
    stage: Stage,
    cast: Cast,
    left: Mapping[str, Flags],
    bought: tuple[Ints, Ints, Ints, Ints],
) -> tuple[Sheet, ...]:
    """From the shop straight to the member, or by way of the head, hours or days later, less the shop's part."""
    rows, shop, amount, at = bought
    kept = cast.drawn(rng, 2, 25)[rows] + rng.integers(0, 5, len(rows))
    delay = cast.spread(rng, 0.1, 6)[rows]
    back = soon(rng, at + HOUR_US // 2, delay)
    money = amount * (100 - kept) // 100
    recorded = stage.recorded(rng, len(rows))
    straight = recorded & left["payback"][rows]
    around = recorded & left["relay"][rows] & ~straight & ~cast.first[rows]
    member, head = cast.people[rows], cast.head[rows]
    later = soon(rng, back + HOUR_US // 2, 1.0)
    return (
        payments(shop[straight], member[straight], money[straight], back[straight], FROM_SHOP),
        payments(shop[around], head[around], money[around], back[around], FROM_SHOP),
        payments(head[around], member[around], money[around] * 98 // 100, later[around]),
    )


def mule_chain(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Victims' money runs down a chain of members, is gathered by the head, or scattered by it; each keeps a little."""
    left = stage.traces(rng, cast, _MULES, core=("chain", "gather"))
    pace, kept = cast.spread(rng, 10, 400), cast.spread(rng, 3, 70)
    runs = cast.drawn(rng, 1, 4)
    sheets: list[Sheet] = []
    for number in range(int(runs.max())):
        acting = number < runs
        sheets += _down_the_chain(rng, stage, cast, left, (acting & left["chain"], pace, kept))
        sheets += _gathered(rng, stage, cast, left, (acting & left["gather"] & ~left["chain"], pace, kept))
    desk = np.flatnonzero(left["desk"] & stage.recorded(rng, len(cast.people)))
    device = things("mule_chain", cast.ring, cast.position // 5)
    home = stage.population.home_ip[cast.people]
    sheets.append(logins(rng, cast.people[desk], device[desk], home[desk], stage.during(rng, cast, desk)))
    sheets.append(devices(rng, np.unique(device[desk])))
    return Effect(
        stage.registered_lately(rng, cast, 0.5, left["fresh"]),
        (*sheets, *stage.cover(rng, cast, 4)),
    )


def _down_the_chain(
    rng: np.random.Generator,
    stage: Stage,
    cast: Cast,
    left: Mapping[str, Flags],
    how: tuple[Flags, Floats, Floats],
) -> tuple[Sheet, ...]:
    """A victim pays the head; each member passes the money on soon and keeps a little."""
    acting, pace, kept = how
    start = stage.during(rng, cast)[cast.first]
    amount = round_yuan(rng, len(start), 12_000, 0.6)
    victims = rng.choice(stage.honest, len(start))
    heads, begun = cast.people[cast.first], acting[cast.first]
    told = begun & left["told"][cast.first] & (rng.random(len(start)) < 0.6)
    wait = (rng.uniform(0.1, 1, len(cast.people)) * pace * 60_000_000).astype(np.int64)
    at = whole_seconds(start[cast.ring] + _running(cast, wait))
    taken = _running(cast, (rng.uniform(0.5, 1.5, len(cast.people)) * kept).astype(np.int64))
    rest = np.maximum(1000 - taken, 250)
    onward = np.flatnonzero((cast.position < cast.size - 1) & stage.recorded(rng, len(cast.people)) & acting)
    onward = onward[at[onward] < AS_OF_US]
    passed = amount[cast.ring[onward]] * rest[onward] // 1000
    return (
        payments(victims[begun], heads[begun], amount[begun], start[begun]),
        _complained(rng, victims[told], heads[told], start[told]),
        payments(cast.people[onward], cast.ahead()[onward], passed, at[onward]),
    )


def _gathered(
    rng: np.random.Generator,
    stage: Stage,
    cast: Cast,
    left: Mapping[str, Flags],
    how: tuple[Flags, Floats, Floats],
) -> tuple[Sheet, ...]:
    """Victims pay the members, who pass it on to the head; of some rings the head hands it out again."""
    acting, pace, kept = how
    rows = np.flatnonzero(acting & ~cast.first)
    victims = rng.choice(stage.honest, len(rows))
    start, amount = stage.during(rng, cast, rows), yuan(rng, len(rows), 4000, 0.7)
    told = left["told"][rows] & (rng.random(len(rows)) < 0.3)
    onward = np.flatnonzero(stage.recorded(rng, len(rows)))
    wait = (rng.uniform(0.1, 1, len(rows)) * pace[rows] * 60_000_000).astype(np.int64)
    at = whole_seconds(np.minimum(start + wait, AS_OF_US - HOUR_US))
    passed = (amount * (1000 - kept[rows]) / 1000).astype(np.int64)
    again = onward[left["scatter"][rows[onward]]]
    member, head = cast.people[rows], cast.head[rows]
    partner = cast.mate(rng)[rows]
    apart = again[partner[again] != head[again]]
    return (
        payments(victims, member, amount, start),
        _complained(rng, victims[told], member[told], start[told]),
        payments(member[onward], head[onward], passed[onward], at[onward]),
        payments(head[apart], partner[apart], passed[apart] * 97 // 100, soon(rng, at[apart], 0.4)),
    )


def transfer_cycle(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Money goes round the whole ring, or from the head round some members at a time, and is back within three days."""
    left = stage.traces(rng, cast, _CYCLE, core=("whole", "loops"))
    whole = left["whole"] | (cast.size < 5)
    loop = np.where(whole, cast.size - 1, cast.drawn(rng, 2, 5))
    lost = np.where(left["even"], 3, cast.drawn(rng, 5, 60))
    span = cast.spread(rng, 0.05, 0.95) * CYCLE_US
    laps = cast.drawn(rng, 1, 4)
    sheets = [
        _lap(rng, stage, cast, (loop, lost, span)).kept(np.repeat(number < laps, 2))
        for number in range(int(laps.max()))
    ]
    sheets.append(stage.befriended(rng, cast, 0.6, left["friends"]))
    return Effect((stage.registered_before(rng, cast),), (*sheets, *stage.cover(rng, cast, 3)))


def _lap(rng: np.random.Generator, stage: Stage, cast: Cast, how: tuple[Ints, Ints, Floats]) -> Sheet:
    """Two rows a member: what reaches the member, and what goes back to the head; what does not happen has no time."""
    loop, lost, span = how
    step = np.where(cast.first, 0, (cast.position - 1) % loop)
    number = np.where(cast.first, 0, (cast.position - 1) // loop)
    last = ~cast.first & ((step == loop - 1) | (cast.position == cast.size - 1))
    key = cast.ring * 64 + number
    start = stage.during(rng, cast)[np.searchsorted(key, key)]
    amount = round_yuan(rng, len(key), 5000, 0.5)[np.searchsorted(key, key)]
    hop = span / (loop + 1)
    jitter = rng.uniform(0.1, 0.9, (2, len(key)))
    into = start + ((step + jitter[0]) * hop).astype(np.int64)
    back = start + ((step + 1 + jitter[1]) * hop).astype(np.int64)
    before = np.where(step == 0, cast.head, cast.people[np.maximum(np.arange(len(key)) - 1, 0)])
    sums = [amount * (1000 - lost * (step + turn)) // 1000 for turn in (0, 1)]
    at = np.where(np.stack([~cast.first, last], axis=1), np.stack([into, back], axis=1), NULL)
    return payments(
        np.stack([before, cast.people], axis=1).ravel(),
        np.stack([cast.people, cast.head], axis=1).ravel(),
        np.maximum(np.stack(sums, axis=1).ravel(), 100),
        whole_seconds(at.ravel()),
    )


def promotion_abuse(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Invited accounts buy for next to nothing, take the reward, often get the price back and send it to the head."""
    left = stage.traces(rng, cast, _PROMOTION | _INVITED, core=("bonus", "phone"))
    phone = things("promotion_abuse", cast.ring, cast.position // cast.drawn(rng, 3, 10))
    venue = things("promotion_abuse", cast.ring, np.zeros_like(cast.ring))
    at, count = stage.during(rng, cast), len(cast.people)
    linked = np.flatnonzero(stage.recorded(rng, count) & (left["phone"] | left["line"]))
    onward = np.flatnonzero(~cast.first & stage.recorded(rng, count) & left["onward"])
    device = np.where(left["phone"], phone, stage.population.device[cast.people])
    ip = np.where(left["line"], venue, stage.population.home_ip[cast.people])
    invited = Share("invited", cast.people, np.where(left["invited"], 1, stage.population.invited[cast.people]))
    opened = soon(rng, at - HOUR_US, 0.03)
    script = left["script"][linked]
    befriended = onward[left["friends"][onward]]
    return Effect(
        (*stage.registered_lately(rng, cast, 0.8, left["fresh"]), invited),
        (
            devices(rng, np.unique(phone), emulators=stage.style.emulators / 2),
            ips(np.unique(venue), int(rng.choice([_MOBILE, _PUBLIC, 0, 4]))),
            *(
                logins(rng, cast.people[part], device[part], ip[part], opened[part], scripted=bool(number))
                for number, part in enumerate((linked[~script], linked[script]))
            ),
            *_rewarded(rng, stage, cast, left, (onward, at)),
            friendships(cast.people[befriended], cast.head[befriended], at[befriended]),
            *stage.cover(rng, cast, 3),
        ),
    )


def _rewarded(
    rng: np.random.Generator,
    stage: Stage,
    cast: Cast,
    left: Mapping[str, Flags],
    sent: tuple[Ints, Ints],
) -> tuple[Sheet, ...]:
    """Purchase, reward and what goes on to the head; some rings use a shop of their own, some a well-known one."""
    onward, at = sent
    own = things("promotion_abuse", cast.ring, np.zeros_like(cast.ring))
    known = codes("shop", cast.drawn(rng, 0, max(2, stage.population.size // 600)))
    shop = np.where(cast.drawn(rng, 0, 1) == 1, own, known)
    bonus = (cast.spread(rng, 15, 120) * rng.uniform(0.8, 1.2, len(at)) * 100).astype(np.int64)
    refunded = np.where(left["refunded"] & (rng.random(len(at)) < 0.7), soon(rng, at + HOUR_US, 1.0), NULL)
    got = np.flatnonzero(left["bonus"] & stage.recorded(rng, len(at)))
    delay = cast.spread(rng, 0.02, 4)
    return (
        sheet("merchants", merchant_id=np.unique(own), category=CATEGORIES.index("games")),
        payments(cast.people, shop, yuan(rng, len(at), 12, 0.5), at, AT_SHOP, refunded),
        payments(shop[got], cast.people[got], bonus[got], soon(rng, at[got] + 60_000_000, delay[got]), FROM_SHOP),
        payments(
            cast.people[onward], cast.head[onward], bonus[onward], soon(rng, at[onward] + HOUR_US, 1 + delay[onward])
        ),
    )


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
