"""Rings held together by trust that is broken: mutual guarantees, accounts that were sold."""

from dataclasses import replace

import numpy as np

from graphfraud.settings import DAY_US
from graphfraud.worlds.acts import devices, identifiers, ips, logins, payments, round_yuan, yuan
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import codes, things
from graphfraud.worlds.lending import lent, terms
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.recipe import AS_OF_US
from graphfraud.worlds.sheets import Effect, Share, sheet
from graphfraud.worlds.stage import Stage


def guarantee_circle(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Each member guarantees the loan of the next one, some that of the one after; then most stop paying."""
    place = (cast.ring << 8) + cast.position
    before = cast.began - (rng.uniform(20, 120, len(cast.ring)) * DAY_US).astype(np.int64)[cast.ring]
    opened = stage.during(rng, before)
    book = terms(rng, codes(cast.kind, place), cast.people, opened, np.full(len(opened), 0.75), early=True)
    guarantees = []
    for steps, share in ((1, 1.0), (2, 0.4)):
        debtor = place - cast.position + (cast.position + steps) % cast.size
        rows = np.flatnonzero(stage.recorded(rng, len(place)) & (rng.random(len(place)) < share))
        at_member = np.arange(len(place)) - cast.position + (cast.position + steps) % cast.size
        guarantees.append(
            sheet(
                "guarantees",
                guarantor_id=cast.people[rows],
                person_id=cast.people[at_member][rows],
                loan_id=codes(cast.kind, debtor)[rows],
                amount=book.principal[at_member][rows],
                at=opened[at_member][rows],
            )
        )
    strain = Share("strain", cast.people, stage.population.strain[cast.people] + 1.5)
    return Effect(
        (stage.registered_before(rng, replace(cast, began=before)), strain),
        (*guarantees, *lent(rng, book), stage.befriended(rng, cast, 0.5), *stage.cover(rng, cast, 2)),
    )


def account_resale(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Long-standing accounts pass to one buyer: phone, device and address change, and the balance is drained."""
    count = len(cast.people)
    buyer, number = (things("account_resale", cast.ring, cast.position // each) for each in (6, 4))
    line = things("account_resale", cast.ring, np.zeros_like(cast.ring))
    sold = stage.during(rng, cast.began)
    linked = np.flatnonzero(stage.recorded(rng, count))
    rows = np.repeat(linked, rng.integers(2, 5, len(linked)))
    since = sold[rows] + rng.integers(0, 10 * DAY_US, len(rows))
    renamed = np.flatnonzero(stage.recorded(rng, count))
    drained = np.flatnonzero(~cast.first & stage.recorded(rng, count))
    opened = AS_OF_US - (rng.uniform(200, 1500, count) * DAY_US).astype(np.int64)
    return Effect(
        (
            stage.registered(cast, np.minimum(stage.population.registered_at[cast.people], opened)),
            Share("left_at", cast.people, np.where(cast.first, stage.population.left_at[cast.people], sold)),
            Share("phone_until", cast.people[renamed], sold[renamed]),
        ),
        (
            devices(rng, np.unique(buyer)),
            ips(np.unique(line), 0),
            logins(rng, cast.people[rows], buyer[rows], line[rows], whole_seconds(since)),
            identifiers(cast.people[renamed], "phone", number[renamed], soon(rng, sold[renamed], 1.0)),
            payments(
                cast.head[drained],
                cast.people[drained],
                round_yuan(rng, len(drained), 600, 0.3),
                soon(rng, sold[drained] - DAY_US, 0.9),
            ),
            payments(
                cast.people[drained],
                cast.head[drained],
                yuan(rng, len(drained), 1500),
                soon(rng, sold[drained] + DAY_US, 5.0),
            ),
            *stage.cover(rng, cast, 3),
        ),
    )
