"""Rings held together by things: farm devices, shared identities, a loan agent's desk."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from graphfraud.settings import DAY_US, HOUR_US
from graphfraud.worlds.acts import applications, contacts, devices, identifiers, ips, logins, payments, round_yuan
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import OWN_LENDER, codes, things
from graphfraud.worlds.lending import Book, lent, terms
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.recipe import Flags, Ints
from graphfraud.worlds.sheets import Effect, Share, Sheet
from graphfraud.worlds.stage import Stage

_RESIDENTIAL, _MOBILE, _OFFICE, _PUBLIC, _DATACENTER = range(5)
_STRAINED: Final = 1.5
_FARM: Final = {"rack": 0.8, "line": 0.7, "script": 0.5, "fresh": 0.4, "applied": 0.6, "borrowed": 0.5}
_PAPERS: Final = {"phone": 0.6, "card": 0.55, "address": 0.5, "national_id": 0.25, "email": 0.3}
_IDENTITY: Final = _PAPERS | {"fresh": 0.4, "borrowed": 0.7, "applied": 0.3}
_AGENT: Final = {"desk": 0.75, "line": 0.6, "named": 0.45, "fee": 0.65, "through": 0.35, "here": 0.6}


def device_farm(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """Several members take turns on each phone of a rack, or sit behind one address, often in scripts, then apply."""
    left = stage.traces(rng, cast, _FARM, core=("rack", "line"))
    rack = things("device_farm", cast.ring, cast.position // cast.drawn(rng, 3, 8))
    address = things("device_farm", cast.ring, cast.position // cast.drawn(rng, 8, 40))
    seats, part = cast.parts(rng, 3, 10)
    phone = np.where(left["rack"][seats], things("device_farm", cast.ring[seats], 64 + part), rack[seats])
    linked = np.flatnonzero(stage.recorded(rng, len(seats)))
    turns = np.repeat(linked, rng.integers(1, 6, len(linked)))
    rows = seats[turns]
    at = soon(rng, stage.during(rng, cast, rows), 2 / 24)
    at_home = ~left["line"][rows] | (rng.random(len(rows)) < 0.3)
    ip = np.where(at_home, stage.population.home_ip[cast.people[rows]], address[rows])
    own = stage.population.device[cast.people]
    used = np.where(left["rack"][rows], phone[turns], own[rows])
    device = np.where(left["rack"], rack, own)
    script = left["script"][rows]
    return Effect(
        (*stage.registered_lately(rng, cast, 0.6, left["fresh"]), *strained(stage, cast)),
        (
            devices(rng, np.unique(np.concatenate([rack, phone])), emulators=stage.style.emulators),
            _lines(rng, cast, address),
            *(
                logins(rng, cast.people[rows[which]], used[which], ip[which], at[which], scripted=bool(number))
                for number, which in enumerate((~script, script))
            ),
            _applied(rng, stage, cast, device, address, left["applied"]),
            *borrowed(rng, stage, cast, left["borrowed"], 0.8),
            *stage.cover(rng, cast, 2),
        ),
    )


def shared_identity(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """One set of papers behind many names: members hold the same phones, cards, addresses, e-mails or documents."""
    left = stage.traces(rng, cast, _IDENTITY, core=tuple(_PAPERS))
    sheets = []
    for item, kind in enumerate(_PAPERS):
        rows, part = cast.parts(rng, 4, 14)
        linked = np.flatnonzero(stage.recorded(rng, len(rows)) & left[kind][rows])
        value = things("shared_identity", cast.ring[rows], item * 32 + part)
        since = stage.during(rng, cast, rows[linked])
        sheets.append(identifiers(cast.people[rows[linked]], kind, value[linked], since))
    own, home = stage.population.device[cast.people], stage.population.home_ip[cast.people]
    return Effect(
        (*stage.registered_lately(rng, cast, 0.6, left["fresh"]), *strained(stage, cast)),
        (
            *sheets,
            *borrowed(rng, stage, cast, left["borrowed"], 1.0),
            _applied(rng, stage, cast, own, home, left["applied"]),
            *stage.cover(rng, cast, 2),
        ),
    )


def loan_agent(cast: Cast, stage: Stage, rng: np.random.Generator) -> Effect:
    """The head brings the others' applications in, often from one desk, and is paid a fee from each loan."""
    left = stage.traces(rng, cast, _AGENT, core=("desk", "fee"))
    desk = things("loan_agent", cast.ring, np.zeros_like(cast.ring))
    client = np.flatnonzero(~cast.first)
    opened = stage.during(rng, cast)
    book = _loans(rng, cast, client, opened, left["here"])
    people = cast.people
    device = np.where(left["desk"], desk, stage.population.device[people])
    ip = np.where(left["desk"] | left["line"], desk, stage.population.home_ip[people])
    asked = client[stage.recorded(rng, len(client))]
    seen = asked[left["desk"][asked] | left["line"][asked]]
    named = client[stage.recorded(rng, len(client)) & left["named"][client] & (rng.random(len(client)) < 0.7)]
    before = opened - HOUR_US
    head = cast.first & left["desk"]
    return Effect(
        (stage.registered_before(rng, cast), *strained(stage, cast)),
        (
            devices(rng, np.unique(desk)),
            ips(np.unique(desk), int(rng.choice([_RESIDENTIAL, _OFFICE, _PUBLIC]))),
            logins(rng, people[seen], device[seen], ip[seen], before[seen]),
            logins(rng, people[head], desk[head], desk[head], before[head]),
            _asked(rng, cast, asked, before, device, ip),
            contacts(people[named], cast.head[named], before[named]),
            *_fees(rng, stage, cast, left, client, book),
            *lent(rng, book),
            *stage.cover(rng, cast, 3),
        ),
    )


def strained(stage: Stage, cast: Cast) -> tuple[Share, ...]:
    """Who never means to pay back defaults more often."""
    return (Share("strain", cast.people, stage.population.strain[cast.people] + _STRAINED),)


def borrowed(rng: np.random.Generator, stage: Stage, cast: Cast, among: Flags, times: float) -> tuple[Sheet, ...]:
    """Loans at several lenders while the ring acts, many of them soon given up."""
    rows = cast.each(rng, times)
    rows = rows[among[rows]]
    opened = stage.during(rng, cast, rows)
    failing = cast.spread(rng, 0.3, 0.8)[rows]
    return lent(rng, terms(rng, codes(cast.kind, np.arange(len(rows))), cast.people[rows], opened, failing, early=True))


def _lines(rng: np.random.Generator, cast: Cast, address: Ints) -> Sheet:
    """Addresses of farms: hired machines, mobile cards, homes."""
    kind = rng.choice([_DATACENTER, _MOBILE, _RESIDENTIAL], cast.rings, p=(0.4, 0.3, 0.3))[cast.ring]
    unique, first = np.unique(address, return_index=True)
    return ips(unique, kind[first])


def _fees(
    rng: np.random.Generator, stage: Stage, cast: Cast, left: Mapping[str, Flags], client: Ints, book: Book
) -> tuple[Sheet, ...]:
    """The client pays the head; or the head advances money and takes back more."""
    paid = stage.recorded(rng, len(client)) & left["fee"][client]
    share = cast.drawn(rng, 5, 30)[client][paid]
    payer, head = cast.people[client[paid]], cast.head[client[paid]]
    fee, opened = book.principal[paid] * share // 100, book.opened_at[paid]
    through = left["through"][client[paid]]
    delay = cast.spread(rng, 0.2, 6)[client[paid]]
    return (
        payments(payer, head, fee, soon(rng, opened + HOUR_US, delay)),
        payments(head[through], payer[through], fee[through] // 2, whole_seconds(opened[through] - 2 * HOUR_US)),
    )


def _loans(rng: np.random.Generator, cast: Cast, rows: Ints, opened: Ints, here: Flags) -> Book:
    place = (cast.ring[rows] << 8) + cast.position[rows]
    failing = cast.spread(rng, 0.3, 0.8)[rows]
    drawn = terms(rng, codes(cast.kind, place), cast.people[rows], opened[rows], failing, early=True)
    return Book(
        loan=drawn.loan,
        person=drawn.person,
        lender=np.where(here[rows], OWN_LENDER, drawn.lender),
        principal=drawn.principal,
        opened_at=drawn.opened_at,
        months=drawn.months,
        stops=drawn.stops,
        late=drawn.late,
    )


def _asked(rng: np.random.Generator, cast: Cast, rows: Ints, at: Ints, device: Ints, ip: Ints) -> Sheet:
    amount, months = round_yuan(rng, len(rows), 7000), rng.choice(np.array([3, 6, 12, 24]), len(rows))
    return applications(cast.people[rows], amount, months, at[rows], device[rows], ip[rows])


def _applied(rng: np.random.Generator, stage: Stage, cast: Cast, device: Ints, ip: Ints, among: Flags) -> Sheet:
    rows = np.flatnonzero(stage.recorded(rng, len(cast.people)) & among)
    at = stage.during(rng, cast)
    return _asked(rng, cast, rows, whole_seconds(at + DAY_US // 24), device, ip)
