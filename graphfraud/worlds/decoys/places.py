"""Honest groups around a thing: internet cafés, phones that are sold on, a shop's loan counter."""

from dataclasses import replace

import numpy as np

from graphfraud.settings import DAY_US, HOUR_US
from graphfraud.worlds.acts import applications, devices, identifiers, ips, logins
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import OWN_LENDER, codes, things
from graphfraud.worlds.decoys.help import failing
from graphfraud.worlds.lending import Book, lent, terms
from graphfraud.worlds.moments import SECOND_US, soon, whole_seconds
from graphfraud.worlds.recipe import AS_OF_US, HISTORY_US
from graphfraud.worlds.sheets import Effect, Share
from graphfraud.worlds.stage import Stage

_PUBLIC, _SHOP_LINE = 3, 3


def internet_cafe(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Guests of one public network; some sit down at its machines, a few keep coming the same evening."""
    venue = things("internet_cafe", cast.ring, np.zeros_like(cast.ring))
    machine = things("internet_cafe", cast.ring, rng.integers(0, 6, len(cast.ring)))
    rows = cast.each(rng, 3.0 * stage.hard.density)
    guest = rng.random(len(rows)) < 0.5
    device = np.where(guest, stage.population.device[cast.people[rows]], machine[rows])
    evening = soon(rng, np.full(len(rows), AS_OF_US - HISTORY_US), 119)
    return Effect(
        (stage.registered_before(rng, cast),),
        (
            ips(np.unique(venue), _PUBLIC),
            devices(rng, np.unique(machine)),
            logins(rng, cast.people[rows], device, venue[rows], evening),
        ),
    )


def second_hand(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """A repair shop tests and resells phones: each passes to the next customer in time, sometimes with its number."""
    count = len(cast.people)
    passed = whole_seconds(cast.began + (rng.random(count) * 10 * DAY_US).astype(np.int64))
    seller = cast.ahead()
    handset = stage.population.device[seller]
    bench = things("second_hand", cast.ring, np.zeros_like(cast.ring))
    rows = np.repeat(np.flatnonzero(stage.knit(rng, count)), 3)
    number = np.flatnonzero(rng.random(count) < 0.2 * stage.hard.density)
    replaced = codes("old_device", seller)
    return Effect(
        (
            stage.registered_before(rng, replace(cast, began=cast.began - 60 * DAY_US)),
            Share("phone_until", seller[number], passed[number] - 40 * DAY_US),
            Share("device", seller[rows], replaced[rows]),
        ),
        (
            ips(np.unique(bench), _SHOP_LINE),
            devices(rng, np.unique(replaced[rows])),
            logins(rng, seller[rows], handset[rows], bench[rows], _before(rng, passed[rows])),
            logins(
                rng,
                cast.people[rows],
                handset[rows],
                np.where(rng.random(len(rows)) < 0.3, bench[rows], stage.population.home_ip[cast.people[rows]]),
                soon(rng, passed[rows] + HOUR_US, 12.0),
            ),
            identifiers(
                cast.people[number], "phone", stage.population.phone[seller[number]], passed[number] + SECOND_US
            ),
        ),
    )


def kiosk(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """A shop that sells on credit: honest buyers apply on its counter's tablet and pay back."""
    counter = things("kiosk", cast.ring, np.zeros_like(cast.ring))
    at = soon(rng, cast.began, cast.spread(rng, 0.3, 20))
    place = (cast.ring << 8) + cast.position
    drawn = terms(rng, codes("kiosk", place), cast.people, whole_seconds(at + HOUR_US), failing(rng, cast))
    book = Book(
        loan=drawn.loan,
        person=drawn.person,
        lender=np.full(len(at), OWN_LENDER),
        principal=drawn.principal,
        opened_at=drawn.opened_at,
        months=drawn.months,
        stops=drawn.stops,
        late=drawn.late,
    )
    here = np.flatnonzero(stage.knit(rng, len(at)))
    return Effect(
        (stage.registered_before(rng, cast),),
        (
            devices(rng, np.unique(counter)),
            ips(np.unique(counter), _SHOP_LINE),
            logins(rng, cast.people[here], counter[here], counter[here], at[here] - HOUR_US // 4),
            applications(
                cast.people[here], drawn.principal[here], drawn.months[here], at[here], counter[here], counter[here]
            ),
            *lent(rng, book),
        ),
    )


def _before(rng: np.random.Generator, moment: np.ndarray) -> np.ndarray:
    return whole_seconds(moment - (rng.uniform(0.1, 20, len(moment)) * DAY_US).astype(np.int64))
