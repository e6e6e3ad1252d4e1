"""The streets: their people, what these own and do in ordinary life, and the rows written about them.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Column = Any  # an array, a list or one value for every row

AS_OF = pd.Timestamp("2025-11-30T12:00:00Z")
NOW = int(AS_OF.timestamp())
HOUR = 3600
DAY = 24 * HOUR
TOWN_SIZE = 200
CHAT_SIZE = 14
PEOPLE_PER_EMPLOYER = 60
LENDERS = np.array([f"L{number}" for number in range(25)])
STREAM = 77


@dataclass(frozen=True)
class Hardness:
    """How well rings hide: share of outside links, share of missing evidence, days they act, honest groups a ring."""

    camouflage: float
    missing: float
    days: int
    groups_per_ring: float


HARDNESS = {
    "medium": Hardness(camouflage=0.35, missing=0.15, days=7, groups_per_ring=1.3),
    "high": Hardness(camouflage=0.5, missing=0.3, days=25, groups_per_ring=2.2),
}


@dataclass
class World:
    """The people with what they own, and the rows written about them so far."""

    people: int
    seed: int
    hardness: Hardness
    rng: np.random.Generator
    rows: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    rings: list["Ring"] = field(default_factory=list)
    groups: list["Group"] = field(default_factory=list)
    loans_given: int = 0
    cast_so_far: int = 0
    person_id: Column = None
    occupation: Column = None
    age: Column = None
    registered: Column = None
    household: Column = None
    employer: Column = None
    device: Column = None
    has_second_device: Column = None
    home_ip: Column = None
    carrier_ip: Column = None
    merchants: int = 0
    employers: int = 0
    castable: Column = None
    used: Column = None
    lender_kind: Column = None
    fresh: set[int] = field(default_factory=set)

    def add(self, sheet: str, **columns: Column) -> None:
        """Append rows to a sheet."""
        self.rows.setdefault(sheet, []).append(pd.DataFrame(columns))

    def sheet(self, name: str) -> pd.DataFrame:
        """All rows of a sheet so far."""
        return pd.concat(self.rows[name], ignore_index=True)

    @property
    def relatives(self) -> Flags:
        """Whether the person after each one (but the last) lives in the same household."""
        return self.household[1:] == self.household[:-1]


@dataclass(frozen=True)
class Ring:
    """A fraud ring: its members, what holds it together, and the days ago around which it acted."""

    number: int
    evidence: str
    kind: str
    members: Ints
    centre: float
    spread: float


@dataclass(frozen=True)
class Group:
    """An honest group: its members, its kind, and the days ago around which it formed."""

    number: int
    kind: str
    members: Ints
    centre: float

    def ip(self, network: int) -> list[str]:
        """The address that all of its members share, once a member."""
        return [f"{network}.1.{self.number % 250}.{self.number // 250}"] * len(self.members)


def ago(days: npt.ArrayLike) -> Ints:
    """The moments so many days before the as-of, in seconds since 1970."""
    return NOW - (np.asarray(days) * DAY).astype(np.int64)


def days_ago(world: World, low: float, high: float, count: int) -> Ints:
    """Moments spread evenly over a span of days before the as-of."""
    return ago(world.rng.uniform(low, high, count))


def yuan(world: World, log_mean: float, log_sd: float, count: int) -> npt.NDArray[np.float64]:
    """Amounts of money, lognormal and rounded to the fen."""
    return np.round(world.rng.lognormal(log_mean, log_sd, count), 2)


def kept(world: World, count: int) -> Flags:
    """Which of so many pieces of a ring's evidence are not missing."""
    return world.rng.random(count) > world.hardness.missing


def add_logins(
    world: World,
    person: Column,
    place: tuple[Column, Column],
    at: Ints,
    *,
    usual: tuple[float, float, int] = (5, 0.9, 12),
    seen: Flags | None = None,
) -> None:
    """Log people in from a device and an address; `usual` is log-mean and deviation of duration, and mean actions."""
    count = len(person)
    seen = np.ones(count, bool) if seen is None else seen
    duration = world.rng.lognormal(usual[0], usual[1], count)
    actions = world.rng.poisson(usual[2], count)
    device, ip = (np.asarray(column, object)[seen] for column in place)
    world.add(
        "login",
        p=np.asarray(person)[seen],
        device_id=device,
        ip=ip,
        at=at[seen],
        dur=duration[seen],
        act=actions[seen],
    )


def add_payments(world: World, payer: Column, payee: Column, kinds: str, amount: Column, at: Ints) -> None:
    """Let payers pay payees; `kinds` names both sides, as in "person merchant"."""
    payer_kind, payee_kind = kinds.split()
    world.add("pay", payer=payer, pk=payer_kind, payee=payee, yk=payee_kind, amount=amount, at=at, ref=0)


def add_identifiers(world: World, person: Ints, kind: str, value: Column, since: Column, *, until: Column = 0) -> None:
    """Give people identifiers of one kind."""
    world.add("ident", p=person, kind=kind, value=value, since=since, until=until)


def add_loans(world: World, person: Column, opened: Ints, amount: Column, lender: Column, late: Column) -> None:
    """Lend to people, each loan with its payout, and the inquiry before it."""
    count = len(person)
    loan_id = [f"LN{world.loans_given + row}" for row in range(count)]
    world.loans_given += count
    world.add(
        "loan",
        loan_id=loan_id,
        p=person,
        lender=lender,
        principal=amount,
        outstanding=np.round(amount * world.rng.uniform(0.2, 1, count), 2),
        opened=opened,
        dpd=late,
    )
    world.add("disb", loan_id=loan_id, p=person, amount=amount, at=opened + 60)
    world.add("inq", p=person, lender=lender, at=opened - world.rng.integers(HOUR, 3 * DAY, count))


def add_applications(world: World, person: Column, opened: Ints, amount: Column, place: tuple[Column, Column]) -> None:
    """Let people apply, up to two days before the loan is opened."""
    asked = opened - world.rng.integers(600, 2 * DAY, len(person))
    world.add("app", p=person, amount=amount, at=asked, dev=place[0], ip=place[1])


def nowhere(count: int) -> tuple[list[None], list[None]]:
    """Device and address of applications of which neither was noted."""
    return [None] * count, [None] * count


def settle(world: World) -> None:
    """Draw the people: identifiers without order, age, household, devices and employer."""
    rng, people = world.rng, world.people
    world.person_id = np.array([f"cust-{number:07d}" for number in rng.permutation(people)])
    occupations = ["salaried", "self_employed", "student", "other"]
    world.occupation = rng.choice(occupations, people, p=[0.58, 0.17, 0.12, 0.13])
    world.age = np.where(world.occupation == "student", rng.integers(18, 25, people), rng.integers(20, 65, people))
    world.registered = ago(rng.gamma(2, 350, people) + 5)
    sizes = rng.choice([1, 2, 3, 4, 5], people, p=[0.3, 0.28, 0.2, 0.15, 0.07])
    world.household = np.repeat(np.arange(people), sizes)[:people]
    world.device = np.array([f"D{person}" for person in range(people)], object)
    world.has_second_device = rng.random(people) < 0.3
    world.home_ip = np.array([f"10.{h >> 16 & 255}.{h >> 8 & 255}.{h & 255}" for h in range(households(world))])
    world.carrier_ip = np.array([f"100.64.{i // 250}.{i % 250}" for i in range(max(30, people // 300))])
    world.employers = people // PEOPLE_PER_EMPLOYER
    world.merchants = max(200, people // 25)
    salaried = world.occupation == "salaried"
    rng.zipf(1.4, people)  # drawn and left: a seed keeps its world
    world.employer = np.full(people, -1)
    world.employer[salaried] = (rng.pareto(1.1, salaried.sum()) * 8).astype(int) % world.employers


def households(world: World) -> int:
    """How many households there are."""
    return int(world.household.max()) + 1


def log_in_daily(world: World) -> None:
    """Log everybody in from home, the carrier's shared addresses, a café or the office."""
    rng, people = world.rng, world.people
    cafe = np.array([f"172.16.{i // 250}.{i % 250}" for i in range(max(40, people // 150))])
    office = np.array([f"192.168.{i // 250}.{i % 250}" for i in range(world.employers)])
    who = np.repeat(np.arange(people), rng.poisson(18, people))
    count = len(who)
    at = days_ago(world, 0, 175, count)
    where = rng.random(count)
    carrier = world.carrier_ip[(who * 7 + rng.integers(0, 5, count)) % len(world.carrier_ip)]
    ip = np.where(where < 0.30, carrier, world.home_ip[world.household[who]].astype(object))
    ip = np.where((where >= 0.30) & (where < 0.36), cafe[rng.integers(0, len(cafe), count)], ip)
    at_work = (where >= 0.36) & (where < 0.55) & (world.employer[who] >= 0)
    ip = np.where(at_work, office[np.maximum(world.employer[who], 0)], ip)
    second = np.array([f"E{person}" for person in range(people)])
    on_second = world.has_second_device[who] & (rng.random(count) < 0.3)
    device = np.where(on_second, second[who], world.device[who]).astype(object)
    has_tablet = rng.random(households(world)) < 0.15
    on_tablet = has_tablet[world.household[who]] & (rng.random(count) < 0.25)
    device = np.where(on_tablet, np.array([f"T{home}" for home in world.household[who]]), device)
    add_logins(world, who, (device, ip), at)


def hand_out_papers(world: World) -> None:
    """Give everybody a phone, card, identity number and address; families share some, numbers are recycled."""
    rng, people, since = world.rng, world.people, world.registered
    everybody = np.arange(people)
    add_identifiers(world, everybody, "phone", [f"138{person:08d}" for person in everybody], since)
    for kind in ("card", "national_id"):
        add_identifiers(world, everybody, kind, [f"{kind}{person}" for person in everybody], since)
    add_identifiers(world, everybody, "address", [f"Road {home} No 5" for home in world.household], since)
    some = np.flatnonzero(rng.random(people) < 0.4)
    add_identifiers(world, some, "email", [f"u{person}@mail.cn" for person in some], since[some])
    some = np.flatnonzero(world.relatives & (rng.random(people - 1) < 0.06))
    add_identifiers(world, some + 1, "phone", [f"138{person:08d}" for person in some], since[some + 1])
    some = np.flatnonzero(world.relatives & (rng.random(people - 1) < 0.05))
    add_identifiers(world, some + 1, "card", [f"card{person}" for person in some], since[some + 1])
    before = rng.choice(people, people // 50, replace=False)
    number = [f"138{person:08d}" for person in rng.choice(people, people // 50)]
    started = days_ago(world, 300, 500, len(before))
    add_identifiers(world, before, "phone", number, started, until=days_ago(world, 190, 299, len(before)))


def make_friends(world: World) -> None:
    """Befriend people of one town and of one household, name contacts and join chat groups."""
    rng, people = world.rng, world.people
    town = np.arange(people) // TOWN_SIZE
    one = np.repeat(np.arange(people), rng.poisson(3.2, people))
    near = rng.random(len(one)) < 0.7
    neighbour = town[one] * TOWN_SIZE + rng.integers(0, TOWN_SIZE, len(one))
    other = np.where(near, neighbour, rng.integers(0, people, len(one))) % people
    world.add("friend", a=one, b=other, since=days_ago(world, 1, 900, len(one)))
    some = np.flatnonzero(world.relatives)
    world.add("friend", a=some, b=some + 1, since=days_ago(world, 200, 900, len(some)))
    some = np.flatnonzero(rng.random(people) < 0.55)
    following = np.minimum(some + 1, people - 1)
    relative = (some + 1 < people) & (world.household[following] == world.household[some])
    neighbour = town[some] * TOWN_SIZE + rng.integers(0, TOWN_SIZE, len(some))
    named = np.where(relative, following, neighbour) % people
    world.add("contact", p=some, c=named, at=days_ago(world, 1, 300, len(some)))
    one = np.repeat(np.arange(people), rng.poisson(1.8, people))
    near = rng.random(len(one)) < 0.7
    chat = np.where(near, one // CHAT_SIZE, rng.integers(0, people // 12, len(one)))
    world.add("group", p=one, gid=[f"C{number}" for number in chat], at=days_ago(world, 1, 700, len(one)))


def shop_and_earn(world: World) -> None:
    """Pay shops, which sometimes pay back, and let employers pay wages for five months."""
    rng, people, person_id = world.rng, world.people, world.person_id
    who = np.repeat(np.arange(people), rng.poisson(14, people))
    count = len(who)
    shops = np.array(merchant_ids(world))
    shop = shops[(rng.pareto(0.9, count) * 20).astype(int) % world.merchants]
    amount = yuan(world, 4, 1.1, count)
    at = days_ago(world, 0, 150, count)
    refunded = np.where(rng.random(count) < 0.03, at + 3 * DAY, 0)
    world.add("pay", payer=person_id[who], pk="person", payee=shop, yk="merchant", amount=amount, at=at, ref=refunded)
    back = np.flatnonzero(rng.random(count) < 0.015)
    returned = np.round(amount[back] * rng.choice([0.05, 0.1, 1.0, 0.8], len(back)), 2) + 0.01
    later = at[back] + rng.integers(HOUR, 9 * DAY, len(back))
    add_payments(world, shop[back], person_id[who[back]], "merchant person", returned, later)
    staff = np.flatnonzero(world.employer >= 0)
    payer = [f"EMP{number}" for number in world.employer[staff]]
    wage = rng.lognormal(8.6, 0.4, people)[staff]
    for month in range(5):
        paid = np.round(wage * rng.uniform(0.95, 1.05, len(staff)), 2)
        payday = ago(5 + 30 * month + (world.employer[staff] % 5) + rng.uniform(0, 0.2, len(staff)))
        add_payments(world, payer, person_id[staff], "merchant person", paid, payday)


def merchant_ids(world: World) -> list[str]:
    """All shops, then all employers."""
    return [f"M{number}" for number in range(world.merchants)] + [f"EMP{number}" for number in range(world.employers)]


def pay_friends(world: World) -> None:
    """Send money between friends, often in round amounts."""
    rng, person_id = world.rng, world.person_id
    friends = world.sheet("friend")
    some = rng.choice(len(friends), int(world.people * 2.5))
    one, other = friends.a.to_numpy()[some], friends.b.to_numpy()[some]
    forth = rng.random(len(some)) < 0.5
    payer, payee = np.where(forth, one, other), np.where(forth, other, one)
    is_round = rng.random(len(some)) < 0.4
    amount = np.where(is_round, rng.choice([50, 100, 200, 500, 1000], len(some)), yuan(world, 5, 1, len(some)))
    at = days_ago(world, 0, 150, len(some))
    add_payments(world, person_id[payer], person_id[payee], "person person", amount, at)


def lend_to_all(world: World) -> None:
    """Lend to more than a third of the people, a few of whom fall behind; some relatives guarantee."""
    rng, people = world.rng, world.people
    world.lender_kind = rng.choice(["bank", "consumer_finance", "p2p", "bnpl"], len(LENDERS))
    some = np.flatnonzero(rng.random(people) < 0.38)
    some = np.repeat(some, rng.choice([1, 1, 1, 2, 3], len(some)))
    count = len(some)
    behind = rng.random(count) < 0.05
    opened, amount = days_ago(world, 1, 330, count), yuan(world, 8.3, 0.8, count)
    lender, late = rng.choice(LENDERS, count), np.where(behind, rng.integers(5, 100, count), 0)
    place = at_home(world, some, 0.7)
    add_loans(world, some, opened, amount, lender, late)
    add_applications(world, some, opened, amount, place)
    some = np.flatnonzero(world.relatives & (rng.random(people - 1) < 0.02))
    amount = yuan(world, 8.5, 0.5, len(some))
    world.add("guar", gu=some, pe=some + 1, amount=amount, at=days_ago(world, 5, 300, len(some)))


def at_home(world: World, person: Ints, noted: float) -> tuple[Column, Column]:
    """People's own device, noted for a share of them, and the address of their home."""
    device = np.where(world.rng.random(len(person)) < noted, world.device[person], None)
    return device, world.home_ip[world.household[person]]
