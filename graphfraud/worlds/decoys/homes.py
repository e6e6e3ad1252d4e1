"""Honest groups under one roof: families, dormitories, villages behind one carrier address."""

import numpy as np

from graphfraud.settings import DAY_US
from graphfraud.worlds.acts import contacts, friendships, identifiers, ips, logins, memberships, payments, yuan
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import codes, things
from graphfraud.worlds.moments import lived, soon, whole_seconds
from graphfraud.worlds.population import STUDENT
from graphfraud.worlds.recipe import AS_OF_US, HISTORY_US, Ints
from graphfraud.worlds.sheets import NULL, Effect, Share, Sheet
from graphfraud.worlds.stage import Stage

_MOBILE = 1
_TERM_STARTS_US = AS_OF_US - 153 * DAY_US


def family(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """One address; often the parent's card or phone number and one tablet; they pay and name each other."""
    first = cast.head
    shares = [Share("home", cast.people, first), Share("home_ip", cast.people, first)]
    shares.append(Share("phone", *_of_head(cast, rng.random(len(first)) < 0.3 * stage.hard.density)))
    card = rng.random(len(first)) < 0.4 * stage.hard.density
    rows = cast.each(rng, 2.0 * stage.hard.density)
    return Effect(
        tuple(shares),
        (
            identifiers(
                cast.people[card],
                "card",
                codes("household_card", first[card]),
                _long_ago(rng, int(card.sum())),
            ),
            logins(rng, cast.people[rows], codes("tablet", first[rows]), first[rows], _recent(stage, cast, rng, rows)),
            _acquainted(cast, rng, stage),
            _gave(cast, rng, 2.0 * stage.hard.density, 150),
            _named(cast, rng),
        ),
    )


def dormitory(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Students who moved in the same week: one address, one line, shared meals, one chat group."""
    moved = whole_seconds(_TERM_STARTS_US + (rng.random(len(cast.people)) * 6 * DAY_US).astype(np.int64))
    room = things("dormitory", cast.ring, np.zeros_like(cast.ring))
    fresh = rng.random(len(cast.people)) < 0.5 * stage.hard.density
    known = np.minimum(stage.population.registered_at[cast.people], moved)
    return Effect(
        (
            Share("occupation", cast.people, np.full(len(moved), STUDENT)),
            Share("employer", cast.people, np.full(len(moved), NULL)),
            Share("work_ip", cast.people, np.full(len(moved), NULL)),
            Share("home", cast.people, room),
            Share("home_ip", cast.people, room),
            Share("registered_at", cast.people, np.where(fresh, moved, known)),
        ),
        (
            ips(np.unique(room), 0),
            memberships(rng, cast.people, codes("dormitory", cast.ring), moved, 15),
            _acquainted(cast, rng, stage),
            _gave(cast, rng, 3.0 * stage.hard.density, 30),
            _named(cast, rng),
        ),
    )


def village(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Neighbours whose only way out is one carrier address; they trade a little, and some keep one account for two."""
    tower = things("village", cast.ring, np.zeros_like(cast.ring))
    rows = cast.each(rng, 4.0)
    lent_phone = cast.each(rng, 0.5 * stage.hard.density)
    return Effect(
        (Share("home_ip", cast.people, tower),),
        (
            ips(np.unique(tower), _MOBILE),
            logins(
                rng,
                cast.people[rows],
                stage.population.device[cast.people[rows]],
                tower[rows],
                _recent(stage, cast, rng, rows),
            ),
            logins(
                rng,
                cast.people[lent_phone],
                stage.population.device[cast.mate(rng)[lent_phone]],
                tower[lent_phone],
                _recent(stage, cast, rng, lent_phone),
            ),
            _acquainted(cast, rng, stage),
            _gave(cast, rng, 1.5 * stage.hard.density, 200),
        ),
    )


def _of_head(cast: Cast, mask: np.ndarray) -> tuple[Ints, Ints]:
    return cast.people[mask], cast.head[mask]


def _recent(stage: Stage, cast: Cast, rng: np.random.Generator, rows: Ints) -> Ints:
    known = np.minimum(stage.population.registered_at[cast.people[rows]], AS_OF_US - DAY_US)
    return lived(rng, np.maximum(known, AS_OF_US - HISTORY_US))


def _long_ago(rng: np.random.Generator, count: int) -> Ints:
    return whole_seconds(AS_OF_US - (rng.uniform(60, 900, count) * DAY_US).astype(np.int64))


def _acquainted(cast: Cast, rng: np.random.Generator, stage: Stage) -> Sheet:
    rows = cast.each(rng, 2.5 * stage.hard.density)
    return friendships(cast.people[rows], cast.mate(rng)[rows], _long_ago(rng, len(rows)))


def _gave(cast: Cast, rng: np.random.Generator, times: float, median: float) -> Sheet:
    rows = cast.each(rng, times)
    at = soon(rng, np.full(len(rows), AS_OF_US - HISTORY_US), 119)
    return payments(cast.people[rows], cast.mate(rng)[rows], yuan(rng, len(rows), median), at)


def _named(cast: Cast, rng: np.random.Generator) -> Sheet:
    rows = cast.each(rng, 0.5)
    return contacts(cast.people[rows], cast.mate(rng)[rows], _long_ago(rng, len(rows)))
