"""What people do, as rows: one function a table, the same for honest people and for rings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from graphfraud.schema import IDENTIFIER_KINDS, PARTY_KINDS
from graphfraud.settings import DAY_US
from graphfraud.worlds.codes import codes
from graphfraud.worlds.moments import soon
from graphfraud.worlds.recipe import AS_OF_US, Ints
from graphfraud.worlds.sheets import NULL, Sheet, sheet
from graphfraud.worlds.words import FIRST_APPLE, MODELS, OPERATING_SYSTEMS

PERSON, MERCHANT = range(len(PARTY_KINDS))


def devices(rng: np.random.Generator, device: Ints, *, emulators: float = 0.003) -> Sheet:
    """Handsets as they are sold; a share of them are emulators."""
    popularity = 1 / (1 + np.arange(len(MODELS)) % 7)
    model = rng.choice(len(MODELS), len(device), p=popularity / popularity.sum())
    android = rng.integers(0, len(OPERATING_SYSTEMS) - 2, len(device))
    apple = len(OPERATING_SYSTEMS) - 2 + rng.integers(0, 2, len(device))
    return sheet(
        "devices",
        device_id=device,
        model=model,
        os=np.where(model >= FIRST_APPLE, apple, android),
        emulator=rng.random(len(device)) < emulators,
    )


def logins(
    rng: np.random.Generator, person: Ints, device: Ints, ip: Ints, at: Ints, *, scripted: bool = False
) -> Sheet:
    """Sessions; a script's are short and much alike."""
    mean, spread, pace = (3.6, 0.25, 4) if scripted else (5.0, 0.8, 14)
    duration = np.ceil(rng.lognormal(mean, spread, len(at))).astype(np.int64)
    actions = 1 + rng.poisson(duration / pace)
    return sheet("logins", person_id=person, device_id=device, ip=ip, at=at, duration_s=duration, actions=actions)


def identifiers(person: Ints, kind: str, value: Ints, since: Ints, until: ArrayLike = NULL) -> Sheet:
    """Values that belong to people."""
    return sheet(
        "identifiers", person_id=person, kind=IDENTIFIER_KINDS.index(kind), value=value, since=since, until=until
    )


def friendships(one: Ints, other: Ints, since: Ints) -> Sheet:
    """Pairs of friends, whichever of them stands first."""
    return sheet("friendships", person_id=one, friend_id=other, since=since)


@dataclass(frozen=True)
class Parties:
    """What payer and payee are."""

    payer: int = PERSON
    payee: int = PERSON


AMONG_PEOPLE = Parties()
AT_SHOP = Parties(payee=MERCHANT)
FROM_SHOP = Parties(payer=MERCHANT)


def payments(
    payer: Ints, payee: Ints, amount: Ints, at: Ints, parties: Parties = AMONG_PEOPLE, refunded_at: ArrayLike = NULL
) -> Sheet:
    """Money that moved, in fen."""
    return sheet(
        "payments",
        payer_id=payer,
        payer_kind=parties.payer,
        payee_id=payee,
        payee_kind=parties.payee,
        payer_account=payer,
        payee_account=payee,
        amount=np.maximum(amount, 1),
        at=at,
        refunded_at=refunded_at,
    )


def inquiries(rng: np.random.Generator, person: Ints, lender: Ints, before: Ints) -> Sheet:
    """The bureau is asked within three days before each loan or refusal."""
    return sheet("inquiries", person_id=person, lender_id=lender, at=soon(rng, before - 3 * DAY_US, 2.9))


def applications(person: Ints, amount: Ints, months: Ints, at: Ints, device: Ints, ip: Ints) -> Sheet:
    """Requests for credit here."""
    return sheet("applications", person_id=person, amount=amount, term_months=months, at=at, device_id=device, ip=ip)


def contacts(person: Ints, contact: Ints, at: Ints) -> Sheet:
    """Whom people name for an emergency."""
    return sheet("contacts", person_id=person, contact_id=contact, at=at)


def memberships(rng: np.random.Generator, person: Ints, group: Ints, joined_at: Ints, messages: float = 6) -> Sheet:
    """Chat groups, as counted at the as-of."""
    spoken = rng.geometric(1 / (1 + messages), len(person)) - 1
    return sheet(
        "group_memberships",
        person_id=person,
        group_id=group,
        joined_at=joined_at,
        messages_30d=spoken,
        observed_at=AS_OF_US,
    )


def yuan(rng: np.random.Generator, count: int, median: float, spread: float = 0.8) -> Ints:
    """Amounts in fen, lognormal around a median in yuan."""
    return np.rint(rng.lognormal(np.log(median), spread, count) * 100).astype(np.int64)


def round_yuan(rng: np.random.Generator, count: int, median: float, spread: float = 0.6) -> Ints:
    """Amounts in fen, whole hundreds of yuan as lenders give them."""
    return np.maximum(yuan(rng, count, median, spread) // 10_000, 5) * 10_000


def ips(ip: Ints, kind: int | Ints) -> Sheet:
    """Addresses of one kind, or each of its own."""
    return sheet("ips", ip=ip, kind=kind)


def carrier(community: Ints) -> Ints:
    """The mobile carrier's shared address of a community: four communities stand behind one."""
    return codes("mobile", community // 4)
