"""Crews in the world of recruits: how they borrow, what traces they leave, and how they hide in ordinary life.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from recruits_groups import befriend, chat, list_ids, pick
from recruits_life import Terms, any_lender, borrow, from_shop, pay, spend, to_shop
from recruits_town import DAY, HOUR, MODELS, RING_KINDS, Town

FIRST_EVIDENCE = {
    "device_farm": (["device", "ip"], [0.7, 0.3]),
    "shared_identity": (["phone", "address", "card"], [0.4, 0.3, 0.3]),
    "loan_agent": (["contact", "contact", "ip", "address"], [0.5, 0.3, 0.1, 0.1]),
    "cash_out": (["cash_out"], [1.0]),
    "mule_chain": (["pass_through"], [1.0]),
    "transfer_cycle": (["pass_through"], [1.0]),
    "guarantee_circle": (["guarantee"], [1.0]),
    "account_resale": (["device", "card", "phone"], [0.55, 0.25, 0.2]),
    "promotion_abuse": (["device", "ip", "address"], [0.5, 0.35, 0.15]),
}
SECOND_EVIDENCE = {"device": 1.4, "ip": 1.4, "phone": 1.4, "address": 1.4, "card": 0.8}
SECOND_EVIDENCE |= dict.fromkeys(["contact", "guarantee", "pass_through", "cash_out"], 0.6)
BORROW_LESS = ("promotion_abuse", "mule_chain", "account_resale")
BORROW_FIRST = ("guarantee_circle", "cash_out", "loan_agent")
SPARE_ROUNDS = 40


@dataclass
class Crime:
    """What is noted of all crews: their evidence, how many traces each member left, how many links are outside."""

    evidence: list[tuple[int, str]] = field(default_factory=list)
    traces: Any = None
    ring_links: int = 0
    outside_links: int = 0


@dataclass
class Crew:
    """A crew: its members, when it acts, how many of them leave a trace, and what they borrowed."""

    number: int
    kind: str
    members: Any
    begin: float
    spread: float
    span: tuple[float, float]
    sloppy: float
    evidence: list[str]
    organiser_acts: bool
    borrower: Any = None
    loan_at: Any = None
    loan_amount: Any = None
    devices: Any = None
    ips: Any = None

    @property
    def organiser(self) -> Any:
        """The first member."""
        return self.members[0]

    @property
    def core(self) -> Any:
        """Those who leave traces themselves."""
        return self.members if self.organiser_acts else self.members[1:]

    def acting(self, town: Town) -> tuple[float, float]:
        """The span in which money moves."""
        return max(self.begin, town.start), max(self.begin + self.spread, town.start + DAY)


def commit(town: Town) -> Crime:
    """All crews, one after the other, and frauds without a crew."""
    crime = Crime(traces=np.zeros(town.people, int))
    town.not_in_crews = np.flatnonzero(town.honest)
    for number in range(town.rings):
        crew = _form(town, number)
        _borrow(town, crew)
        for kind in crew.evidence:
            left = TRACES[kind](town, crime, crew, kind)
            crime.traces[np.unique(left)] += 1
            crime.evidence.append((number, kind))
        _live_on(town, crew)
    _crooks(town)
    return crime


def _form(town: Town, number: int) -> Crew:
    """Draw when a crew acts and by which evidence it holds together."""
    rng, rates = town.rng, town.rates
    members, kind = rng.permutation(town.crews[number]), RING_KINDS[town.ring_kind[number]]
    count, spread = len(members), town.ring_spread[number]
    begin = town.ring_end[number] - spread
    town.role[members[0]] = "organiser"
    first = begin - town.uniform(1, 20) * DAY
    last = min(begin + spread + town.uniform(3, 40) * DAY, town.end)
    first = max(first, town.start)
    opened = first - town.log_uniform(0.1, 20, count) * DAY
    town.registered[members] = np.minimum(town.registered[members], opened)
    sloppy = np.clip(rates.sloppy + rng.normal(0, 0.07) + (0.1 if count < 6 else 0), 0.6, 1.0)
    kinds, shares = FIRST_EVIDENCE[kind]
    evidence = [str(rng.choice(kinds, p=shares))]
    if town.coin(rates.two):
        others = [other for other in SECOND_EVIDENCE if other != evidence[0]]
        weight = np.array([SECOND_EVIDENCE[other] for other in others])
        evidence.append(str(rng.choice(others, p=weight / weight.sum())))
    organiser_acts = bool(town.coin(rates.organiser_in))
    return Crew(number, kind, members, begin, spread, (first, last), sloppy, evidence, organiser_acts)


def _borrow(town: Town, crew: Crew) -> None:
    """Members borrow, many at a few lenders that do not look, some from the crew's devices; most of it is unpaid."""
    rng, rates, count = town.rng, town.rates, len(crew.members)
    rate = rates.ring_loans * town.log_uniform(0.5, 1.8) * (0.35 if crew.kind in BORROW_LESS else 1)
    loans = rng.poisson(rate, count) + (crew.kind in BORROW_FIRST) * town.coin(0.8, count)
    who = np.repeat(crew.members, loans)
    shape = town.uniform(0.7, 2), town.uniform(0.7, 2)
    at = np.minimum(crew.begin + rng.beta(*shape, len(who)) * crew.spread, town.end - 2 * HOUR)
    usual_share = town.uniform(0.2, 0.9)
    usual = rng.choice(town.lenders, town.whole(1, 3))
    at_usual = town.coin(usual_share, len(who))
    lender = np.where(at_usual, rng.choice(usual, len(who)), any_lender(town, len(who)))
    unpaid = np.clip(rates.ring_default * town.log_uniform(0.6, 1.3), 0.1, 0.97)
    _equip(town, crew)
    device = _applied_on(town, crew.devices, len(who))
    ip = _applied_on(town, crew.ips, len(who))
    payer = -1
    if town.coin(0.2):
        payer = np.where(town.coin(0.4, len(who)), crew.organiser, -1)
    crew.borrower, crew.loan_at, crew.loan_amount = who, np.array([]), np.array([])
    if len(who):
        log_amount = 8.2 + rng.normal(0, 0.4)
        terms = Terms(lender=lender, device=device, ip=ip, payer=payer, log_amount=log_amount)
        crew.loan_at, crew.loan_amount = borrow(town, who, at, unpaid, terms)


def _equip(town: Town, crew: Crew) -> None:
    """Buy the crew's devices and lines."""
    rng, count = town.rng, len(crew.members)
    if "device" in crew.evidence:
        devices = max(1, round(count / town.uniform(2, 7)))
        model = int(rng.choice(MODELS, p=town.model_weight)) if town.coin(0.5) else None
        crew.devices = town.new_devices(devices, model, 0.25 if town.coin(0.25) else 0.01)
    if "ip" in crew.evidence:
        lines = town.whole(1, max(1, min(4, count // 4)))
        kind = rng.choice(["residential", "residential", "office", "datacenter", "public"])
        crew.ips = town.new_ips(lines, str(kind))


def _applied_on(town: Town, things: Any, count: int) -> Any:
    """On which of the crew's devices or lines loans are applied for, if any; -1 is the borrower's own."""
    if things is None or not town.coin(0.5):
        return -1
    on_them = town.coin(0.5, count)
    return np.where(on_them, town.rng.choice(things, count), -1)


def _outside(town: Town, crime: Crime, members: Any, links: Any) -> Any:
    """Members, once for each link to the outside by which they hide, given how many they have in the crew."""
    links = np.broadcast_to(links, len(members))
    share = town.rates.camo
    count = town.rng.poisson(share / (1 - share) * links)
    crime.ring_links += int(np.sum(links))
    crime.outside_links += int(count.sum())
    return np.repeat(members, count)


def _strangers(town: Town, who: Any) -> Any:
    """An honest person for each, mostly of the same city."""
    rng, everybody = town.rng, town.not_in_crews
    near = town.coin(0.7, len(who))
    neighbours = [rng.choice(town.free[c]) if len(town.free[c]) else everybody[0] for c in town.city[who]]
    return np.where(near, np.array(neighbours, int), rng.choice(everybody, len(who)))


def _leaving_traces(town: Town, crew: Crew) -> Any:
    """The members who leave a trace; all when it would be fewer than three."""
    acting = town.some(crew.core, crew.sloppy)
    return crew.core if len(acting) < 3 else acting


def _log_in(town: Town, crime: Crime, crew: Crew, kind: str) -> Any:
    """Members log in on the crew's devices or from its lines, and elsewhere to hide."""
    rng, members = town.rng, _leaving_traces(town, crew)
    low = crew.begin if crew.kind == "account_resale" else max(crew.span[0], town.start)
    span = low, max(crew.span[1], low + 2 * DAY)
    links = 1 + rng.poisson(town.uniform(0.5, 1.6), len(members))
    who = np.repeat(members, links)
    who = np.repeat(who, 1 + rng.poisson(town.uniform(0.3, 2.5), len(who)))
    if kind == "device":
        device = _farm_devices(town, crew, len(who))
        at = town.times(len(who), *span)
        ip = rng.choice(town.proxy_ip, len(who)) if town.coin(0.2) else town.carrier_ip(who)
    else:
        at = town.times(len(who), *span)
        device, ip = town.own_device(who, at), rng.choice(crew.ips, len(who))
    town.logins.add(person=who, device=device, ip=ip, at=at)
    who = _outside(town, crime, members, links)
    if len(who):
        _log_in_elsewhere(town, who, np.maximum(town.start, crew.span[0]), kind)
    return members


def _farm_devices(town: Town, crew: Crew, count: int) -> Any:
    """A device of the crew for each login, in turn or at random."""
    rng, devices = town.rng, crew.devices
    if town.coin(0.3):
        turns = np.arange(count) * town.whole(1, 3) + rng.integers(len(devices))
        return devices[turns % len(devices)]
    return rng.choice(devices, count)


def _log_in_elsewhere(town: Town, who: Any, low: float, kind: str) -> None:
    """Members log in on friends' phones, in cafés and hotels, and on their own things."""
    at = town.times(len(who), low, town.end)
    host = _strangers(town, who)
    on_own = town.coin(0.55, len(who))
    device = town.own_device(who, at)
    if kind == "device":
        device = np.where(on_own, device, town.own_device(host, at))
        ip = town.any_ip(who, at)
    else:
        at_host = town.coin(0.5, len(who))
        ip = np.where(at_host, town.any_ip(host, at), town.rng.choice(town.public_ip, len(who)))
    town.logins.add(person=who, device=device, ip=ip, at=at)


def _share_papers(town: Town, crime: Crime, crew: Crew, kind: str) -> Any:
    """Members give the crew's phones, cards or addresses, some two; and others, new ones or a stranger's."""
    rng, members = town.rng, _leaving_traces(town, crew)
    count = len(members)
    values = town.new_values(kind, max(1, round(count / town.uniform(3.5, 8))))
    first = rng.choice(values, count)
    list_ids(town, members, kind, first, crew.span)
    two = town.coin(town.uniform(0.2, 0.6), count) & (len(values) > 1)
    second = rng.choice(values, count)
    two &= second != first
    list_ids(town, members[two], kind, second[two], crew.span)
    who = _outside(town, crime, members, np.ones(count, int) + two)
    new = town.coin(0.6, len(who))
    list_ids(town, who[new], kind, town.new_values(kind, new.sum()), crew.span)
    other = _strangers(town, who[~new])
    theirs = {"phone": town.phone_number, "card": town.card, "address": town.address}[kind]
    list_ids(town, who[~new], kind, theirs[town.home[other] if kind == "address" else other], crew.span)
    return members


def _name_agents(town: Town, crime: Crime, crew: Crew, _kind: str) -> Any:
    """Members name one of the agents as contact, some another member, and strangers to hide."""
    rng, members, count = town.rng, _leaving_traces(town, crew), len(crew.members)
    several = crew.organiser_acts or count < 6
    agents = crew.members[: town.whole(1, 1 + count // 10)] if several else crew.members[:1]
    named = rng.choice(agents, len(members))
    _note_contacts(town, crew, members[named != members], named[named != members])
    second = town.coin(town.uniform(0, 0.4), len(members))
    named = rng.choice(crew.members, len(members))
    second &= named != members
    _note_contacts(town, crew, members[second], named[second])
    who = _outside(town, crime, members, np.ones(len(members), int) + second)
    _note_contacts(town, crew, who, _strangers(town, who))
    return np.concatenate([members, agents])


def _note_contacts(town: Town, crew: Crew, who: Any, named: Any) -> None:
    """Note contacts in the crew's span."""
    town.contacts.add(person=who, contact=named, at=town.times(len(who), *crew.span))


def _guarantee(town: Town, crime: Crime, crew: Crew, _kind: str) -> Any:
    """Members guarantee for the next and for others, some of these also for them; and with strangers to hide."""
    rng, members = town.rng, _leaving_traces(town, crew)
    members = crew.core if len(crew.core) < 8 else members
    extra = rng.choice(members, int(len(members) * town.uniform(0.3, 1.6)))
    one = np.concatenate([members, extra])
    other = np.concatenate([np.roll(members, 1), rng.choice(members, len(one) - len(members))])
    one, other = one[one != other], other[one != other]
    mutual = town.coin(town.uniform(0.1, 0.7), len(one))
    one, other = np.concatenate([one, other[mutual]]), np.concatenate([other, one[mutual]])
    count = len(one)
    amount = np.round(town.log_uniform(3000, 40000, count), -3)
    at = crew.begin + town.uniform(-3, 1, count) * DAY + rng.random(count) * crew.spread
    town.guarantees.add(guarantor=one, person=other, amount=amount, at=np.minimum(at, town.end - HOUR))
    who = _outside(town, crime, members, count / len(members))
    stranger = _strangers(town, who)
    forth = town.coin(0.5, len(who))
    guarantor, person = np.where(forth, who, stranger), np.where(forth, stranger, who)
    amount = np.round(town.log_uniform(3000, 40000, len(who)), -3)
    town.guarantees.add(guarantor=guarantor, person=person, amount=amount, at=town.times(len(who), *crew.span))
    return members


def _pass_through(town: Town, crime: Crime, crew: Crew, _kind: str) -> Any:
    """Money runs through chains or cycles of members until nearly all have passed some on."""
    rng, core = town.rng, crew.core
    _leaving_traces(town, crew)  # drawn and left: a seed keeps its world
    cycle = crew.kind == "transfer_cycle" or (crew.kind != "mule_chain" and bool(town.coin(0.3)))
    rounds = int(np.ceil(len(core) * town.uniform(0.8, 2.2) / 3)) + 1
    waiting: list[int] = []
    used: list[int] = []
    for done in range(1, rounds + SPARE_ROUNDS + 1):
        if len(waiting) < 3:
            waiting += rng.permutation(core).tolist()
        length = town.whole(3, min(6, len(core)))
        chain, waiting = np.array(list(dict.fromkeys(waiting[:length]))), waiting[length:]
        if len(chain) < 3:
            continue
        used += _pass_on(town, crew, chain, cycle).tolist()
        if done >= rounds and len(set(used)) >= crew.sloppy * len(core):
            break
    members = np.unique(used)
    town.role[[one for one in members if one != crew.organiser and town.coin(0.6)]] = "mule"
    who = _outside(town, crime, members, len(used) / max(1, len(members)))
    stranger = _strangers(town, who)
    forth = town.coin(0.5, len(who))
    sides = np.where(forth, who, stranger), np.where(forth, stranger, who)
    pay(town, sides, town.money(len(who), 7.6, 1.0, 0.4), town.times(len(who), *crew.span))
    return members


def _pass_on(town: Town, crew: Crew, chain: Any, cycle: bool) -> Any:
    """One sum, of a loan or a victim, runs through a chain; gives the chain, with the borrower before it."""
    rng, rates = town.rng, town.rates
    amount = np.exp(rng.normal(8.2, 0.8))
    at = town.uniform(*crew.acting(town))
    if len(crew.loan_at) and town.coin(0.6):
        loan = rng.integers(len(crew.loan_at))
        borrower = crew.borrower[loan]
        at, amount = max(crew.loan_at[loan], town.start), crew.loan_amount[loan] * town.uniform(0.85, 1)
        chain = np.concatenate([[borrower], chain[chain != borrower]])
    elif not cycle and town.coin(0.7):
        victim = rng.choice(town.not_in_crews)
        stolen = amount * town.uniform(1, 1.03)
        pay(town, (np.array([victim]), chain[0]), stolen, at - town.log_uniform(0.1, 5) * HOUR)
    count = len(chain)
    steps = np.cumsum(rates.hop * town.log_uniform(0.2, 4, count) * HOUR)
    passed = amount * np.cumprod(1 - town.uniform(0, 2 * rates.fee, count))
    to = np.roll(chain, -1)
    if not cycle:
        to_organiser = chain[-1] != crew.organiser and town.coin(0.7)
        to[-1] = crew.organiser if to_organiser else rng.choice(crew.core)
    if at + steps[-1] > town.end:
        at -= steps[-1] + town.uniform(1, 40) * HOUR
    if town.coin(0.25):
        pay(town, (chain, to), passed * 0.55, at + steps)
        pay(town, (chain, to), passed * 0.45, at + steps + town.log_uniform(0.05, 1, count) * HOUR)
    else:
        pay(town, (chain, to), passed, at + steps)
    return chain


def _cash_out(town: Town, crime: Crime, crew: Crew, _kind: str) -> Any:
    """Members spend loans at the crew's shops, which pay most of it back; the shops have true customers too."""
    rng, rates, members = town.rng, town.rates, _leaving_traces(town, crew)
    count = len(crew.members)
    number = town.whole(1, 1 + (count > 12))
    shops = town.new_shops(number, town.whole(0, 9))
    links = 1 + rng.poisson(town.uniform(0.4, 2), len(members))
    who = np.repeat(members, links)
    at, amount = _spent(town, crew, who)
    shop = rng.choice(shops, len(who))
    to_shop(town, who, shop, amount, at)
    to_self = town.coin(rates.payback_self, len(who))
    taker = np.where(to_self, who, crew.organiser)
    back = town.coin(0.92, len(who))
    returned = amount * (1 - town.uniform(0.5, 1.5, len(who)) * rates.cash_fee)
    later = at + rates.hop * town.log_uniform(0.3, 6, len(who)) * HOUR
    from_shop(town, shop[back], taker[back], returned[back], later[back])
    customer = pick(town, int(count * town.uniform(1, 4)) + 3)
    customer = np.repeat(customer, town.whole(1, 3, len(customer)))
    shop = rng.choice(shops, len(customer))
    amount = town.money(len(customer), 4.5, 1.0, 0.2)
    to_shop(town, customer, shop, amount, town.any_time(len(customer)))
    who = _outside(town, crime, members, 2 * links)
    if len(who):
        spend(town, who, (max(crew.span[0], town.start), crew.span[1]), 1.0)
    return members


def _spent(town: Town, crew: Crew, who: Any) -> tuple[Any, Any]:
    """When members spend and how much: soon after a loan and of it, for those who have one."""
    low, high = crew.acting(town)
    at, amount = town.uniform(low, high, len(who)), town.money(len(who), 7.7, 0.7, 0.35)
    for row, person in enumerate(who):
        loans = np.flatnonzero(crew.borrower == person)
        if len(loans):
            loan = town.rng.choice(loans)
            at[row] = max(crew.loan_at[loan], town.start) + town.log_uniform(0.2, 60) * HOUR
            amount[row] = crew.loan_amount[loan] * town.uniform(0.4, 1)
    return np.minimum(at, town.end - town.uniform(3, 60, len(who)) * HOUR), amount


TRACES: dict[str, Callable[[Town, Crime, Crew, str], Any]] = {
    "device": _log_in,
    "ip": _log_in,
    "phone": _share_papers,
    "card": _share_papers,
    "address": _share_papers,
    "contact": _name_agents,
    "guarantee": _guarantee,
    "pass_through": _pass_through,
    "cash_out": _cash_out,
}


def _live_on(town: Town, crew: Crew) -> None:
    """What a crew does beside: a promotion, friends and chats in the crew, friends outside, some shopping."""
    rng, members, (first, last) = town.rng, crew.members, crew.span
    if crew.kind == "promotion_abuse":
        shop = rng.choice(town.shops)
        who = np.repeat(members, town.whole(1, 4, len(members)))
        price = rng.choice([9.9, 19.9, 1.0, 30.0], len(who))
        to_shop(town, who, shop, price, town.times(len(who), first, last))
    if town.coin(0.5):
        befriend(town, members, town.uniform(0.1, 0.8))
    if town.coin(0.25):
        chat(town, members)
    share = town.rates.camo
    who = np.repeat(members, rng.poisson(share / (1 - share), len(members)))
    if len(who):
        stranger = _strangers(town, who)
        town.friendships.add(person=who, friend=stranger, at=town.times(len(who), first - 60 * DAY, last))
    shopping = members[town.bought[members] & town.coin(0.5, len(members))]
    if len(shopping):
        spend(town, np.repeat(shopping, rng.poisson(3, len(shopping))), (max(first, town.start), last))


def _crooks(town: Town) -> None:
    """Frauds on their own borrow and do not pay, some behind a proxy; people report these and crews, and others."""
    rng, crooks = town.rng, town.crooks
    who = np.repeat(crooks, 1 + rng.poisson(1.5, len(crooks)))
    at = np.maximum(town.end - rng.gamma(1.5, 50, len(who)) * DAY, town.registered[who] + HOUR)
    borrow(town, who, np.minimum(at, town.end - 2 * HOUR), 0.8)
    who = town.some(crooks, 0.4)
    device = town.new_devices(len(who), emulated=0.15)
    ip = rng.choice(town.proxy_ip, len(who))
    town.logins.add(person=who, device=device, ip=ip, at=town.any_time(len(who)))
    bad = np.flatnonzero((town.ring >= 0) | town.alone)
    anybody = rng.integers(0, town.people, int(town.people * town.uniform(0.005, 0.02)))
    reported = np.concatenate([anybody, town.some(bad, town.uniform(0.03, 0.12))])
    reporter = rng.integers(0, town.people, len(reported))
    town.reports.add(reporter=reporter, person=reported, at=town.any_time(len(reported)))
