"""Ordinary life in the world of look-alikes: logins, payments, loans, papers, friends, around what groups did.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from typing import Any

import numpy as np
from lookalikes_town import CHINA, DAY, HOUR, SALARIED, SELF_EMPLOYED, STUDENT, Floats, Ints, Town

MONTH = 30 * DAY


class Life:
    """Everything that happened in a town, as arrays, one row an event."""

    def __init__(self, town: Town) -> None:
        self.town = town
        town.registered = np.minimum(town.registered, town.as_of - 2 * DAY)
        self.begin = np.maximum(np.maximum(town.registered, town.life_from), town.start)
        thin = np.where(town.thin, 0.3, 1)
        self.activity = town.rng.gamma(1.6, 1 / 1.6, town.people) * thin
        self.payment_rows: list[Any] = []
        self.identifier_rows: list[Any] = []
        self.chats = town.chats

    def times(self, person: Any) -> Floats:
        """A moment of each person's life, mostly by day in China."""
        town, rng, count = self.town, self.town.rng, len(person)
        begin = self.begin[person]
        day = np.floor((begin + rng.random(count) * (town.as_of - begin)) / DAY)
        odd = rng.random(count) < 0.05
        hour = np.where(odd, rng.random(count) * 24, rng.triangular(7, 20, 24.8, count))
        at = day * DAY + (hour - CHINA) * HOUR
        outside = (at < begin) | (at > town.as_of)
        at[outside] = (begin + rng.random(count) * (town.as_of - begin))[outside]
        return at

    def spread(self, rate: float, power: float = 1.0) -> Ints:
        """People as often as they do something, given how active they are and how long they are here."""
        town = self.town
        share = (town.as_of - self.begin) / (town.days * DAY)
        often = town.rng.poisson(rate * self.activity**power * (0.25 + 0.75 * share))
        return np.repeat(np.arange(town.people), often)

    def pay(self, sides: tuple[Any, Any], kinds: tuple[Any, Any], amount: Any, at: Any, refunded: Any = 0) -> None:
        """Note payments, often in round amounts; a kind is 0 for people and 1 for merchants."""
        rng, count = self.town.rng, len(sides[0])
        tens = rng.random(count) < 0.3
        hundreds = np.where(rng.random(count) < 0.15, np.maximum(100, np.round(amount, -2)), amount)
        amount = np.where(tens, np.maximum(10, np.round(amount, -1)), hundreds)
        (payer, payee), (payer_kind, payee_kind) = sides, [np.broadcast_to(kind, count) for kind in kinds]
        refunded = np.broadcast_to(refunded, count)
        self.payment_rows.append(np.c_[payer, payer_kind, payee, payee_kind, np.round(amount, 2), at, refunded])

    def one_in_city(self, places: list[Any], cities: Any) -> Ints:
        """One of each city's places."""
        picks = self.town.rng.random(len(cities)).tolist()
        chosen = [
            places[city][int(pick * len(places[city]))] for city, pick in zip(cities.tolist(), picks, strict=True)
        ]
        return np.array(chosen, dtype=np.int64)

    def relative(self, person: Any) -> Ints:
        """Somebody of each person's household, perhaps the same person."""
        town = self.town
        home = town.household[person]
        place = (town.rng.random(len(person)) * town.home_size[home]).astype(int)
        return np.clip(town.home_start[home] + place, 0, town.people - 1)

    def friend(self, person: Any, which: int = 0) -> Ints:
        """The first or last friend of each person, -1 for those without."""
        town = self.town
        known = [town.friends(one) for one in person]
        return np.array([friends[which] if len(friends) else -1 for friends in known], dtype=np.int64)


def live(town: Town) -> Life:
    """All of life in a town, with what its groups did."""
    life = Life(town)
    _log_in(life)
    _pay_each_other(life)
    _shop(life)
    _earn(life)
    _trade(life)
    _take_back(life)
    _borrow(life)
    _repay(life)
    _guarantee(life)
    _hand_out_papers(life)
    _share_papers_at_home(life)
    _name_contacts(life)
    _chat(life)
    _report_and_inquire(life)
    _befriend(life)
    return life


def rows(notes: list[Any], width: int) -> Any:
    """Notes as an array, also when there are none."""
    return np.array(notes, dtype=float).reshape(-1, width)


def _log_in(life: Life) -> None:
    """Everybody logs in from home, the carrier, the office, campus, a café, and now and then a proxy."""
    town, rng = life.town, life.town.rng
    who = np.r_[life.spread(town.rates.logins), np.arange(town.people)]
    at = life.times(who)
    device = town.own_device(who, at)
    tablet = town.tablet[town.household[who]]
    on_tablet = (tablet >= 0) & (rng.random(len(who)) < 0.12)
    device = np.where(on_tablet, tablet, device)
    where = rng.random(len(who))
    ip = town.home_ip(who, at)
    on_move = (where < town.rates.carrier) & ~on_tablet
    ip[on_move] = life.one_in_city(town.carrier_ip, town.city[who[on_move]])
    at_work = (where > 0.82) & (where < 0.95) & (town.employer[who] >= 0) & ~on_tablet
    ip[at_work] = [town.office_ip[employer][0] for employer in town.employer[who[at_work]].tolist()]
    on_campus = (where > 0.75) & (where < 0.95) & (town.occupation[who] == STUDENT) & ~on_tablet
    ip[on_campus] = life.one_in_city(town.campus_ip, town.city[who[on_campus]])
    in_public = (where > 0.95) & ~on_tablet
    ip[in_public] = life.one_in_city(town.public_ip, town.city[who[in_public]])
    by_proxy = rng.random(len(who)) < town.rates.proxy
    ip[by_proxy] = rng.choice(town.proxy_ip, by_proxy.sum())
    lent = np.flatnonzero(rng.random(len(who)) < town.rates.borrowed_phone)
    friend = life.friend(who[lent])
    device[lent] = np.where(friend >= 0, town.device[friend], device[lent])
    groups = rows(town.logins, 4)
    life.login_person = np.r_[who, groups[:, 0]].astype(int)
    life.login_device = np.r_[device, groups[:, 1]].astype(int)
    life.login_ip = np.r_[ip, groups[:, 2]].astype(int)
    life.login_at = np.r_[at, groups[:, 3]]


def _pay_each_other(life: Life) -> None:
    """Friends send each other money; some of it is sent back or on."""
    town, rng = life.town, life.town.rng
    pair = town.links[rng.integers(0, len(town.links), int(town.people * town.rates.transfers))]
    pair = np.where((rng.random(len(pair)) < 0.5)[:, None], pair, pair[:, ::-1])
    at = np.maximum(life.times(pair[:, 0]), life.times(pair[:, 1]))
    life.pay((pair[:, 0], pair[:, 1]), (0, 0), np.exp(rng.normal(4.5, 1.25, len(pair))), at)
    back = rng.random(len(pair)) < 0.12
    amount = np.exp(rng.normal(4.4, 1.2, back.sum()))
    later = at[back] + town.uniform(600, 6 * DAY, back.sum())
    life.pay((pair[back, 1], pair[back, 0]), (0, 0), amount, later)


def _shop(life: Life) -> None:
    """Everybody shops in their city, at a few shops more than at others, and on line."""
    town, rng = life.town, life.town.rng
    who = life.spread(town.rates.shopping, 0.8)
    pick, shop = rng.random(len(who)), np.empty(len(who), int)
    for city, shops in enumerate(town.shops):
        weight = 1 / np.arange(1, len(shops) + 1) ** 0.9
        here = town.city[who] == city
        place = np.searchsorted(np.cumsum(weight) / weight.sum(), pick[here])
        shop[here] = shops[np.minimum(place, len(shops) - 1)]
    online = rng.random(len(who)) < 0.25
    shop[online] = rng.choice(town.online_shops, online.sum())
    at = life.times(who)
    amount = np.exp(rng.normal(4.1, 1.1, len(who)))
    returned = rng.random(len(who)) < 0.025
    refunded = np.where(returned, at + town.uniform(0.2, 12, len(who)) * DAY, 0)
    life.pay((who, shop), (0, 1), amount, at, refunded)
    life.purchases = who, shop, at


def _earn(life: Life) -> None:
    """Employers pay wages once a month, each on its day."""
    town, rng = life.town, life.town.rng
    wage = np.exp(rng.normal(8.6, 0.45, town.people))
    for month in range(town.days // 30 + 1):
        who = np.flatnonzero((town.employer >= 0) & (rng.random(town.people) < 0.88))
        employer = town.employer[who]
        at = town.as_of - (30 * month + employer % 27) * DAY - HOUR * (8 + employer % 5)
        at = at + town.uniform(0, 5400, len(who))
        here = at > life.begin[who]
        who, at = who[here], at[here]
        paid = wage[who] * town.uniform(0.93, 1.07, len(who))
        life.pay((town.employer[who], who), (1, 0), paid, at)


def _trade(life: Life) -> None:
    """Neighbours pay the self-employed, who buy stock from each other and from shops."""
    town, rng = life.town, life.town.rng
    traders = np.flatnonzero((town.occupation == SELF_EMPLOYED) & (rng.random(town.people) < 0.8))
    who = np.repeat(traders, rng.poisson(7 * life.activity[traders] + 1))
    customer = np.clip(who + rng.integers(-400, 401, len(who)), 0, town.people - 1)
    far = rng.random(len(who)) < 0.3
    customer[far] = rng.integers(0, town.people, far.sum())
    at = np.maximum(life.times(who), life.times(customer))
    amount = np.exp(rng.normal(4.6, 1.2, len(who)))
    returned = rng.random(len(who)) < 0.03
    refunded = np.where(returned, at + town.uniform(0.1, 5, len(who)) * DAY, 0)
    life.pay((customer, who), (0, 0), amount, at, refunded)
    stock = rng.random(len(who)) < 0.3
    count, buyer = stock.sum(), who[stock]
    supplier = np.where(rng.random(count) < 0.5, rng.choice(traders, count), -1)
    shop = np.array([town.shops[city][-1 - (one % 4)] for city, one in zip(town.city[buyer], buyer, strict=True)])
    cost = amount[stock] * town.uniform(0.6, 3, count)
    later = at[stock] + town.uniform(0.1, 40, count) * HOUR
    life.pay((buyer, np.where(supplier >= 0, supplier, shop)), (0, np.where(supplier >= 0, 0, 1)), cost, later)


def _take_back(life: Life) -> None:
    """Shops pay people: claims, bonuses, returned goods."""
    town, rng = life.town, life.town.rng
    who, shop, at = life.purchases
    some = np.flatnonzero(rng.random(len(who)) < 0.03)
    amount = np.exp(rng.normal(4.1, 1.1, len(some))) * town.uniform(0.5, 3, len(some))
    later = at[some] + town.uniform(0.2, 15, len(some)) * DAY
    life.pay((shop[some], who[some]), (1, 0), amount, later)


def _borrow(life: Life) -> None:
    """People borrow as their work and age let them, and spend part of it; adds the loans of groups."""
    town, rng, rates = life.town, life.town.rng, life.town.rates
    by_work = np.select([town.occupation == SELF_EMPLOYED, town.occupation == SALARIED], [1.7, 1], 0.7)
    rate = rates.loans * by_work * np.where(town.age > 60, 0.4, 1)
    who = np.repeat(np.arange(town.people), rng.poisson(rate * rng.gamma(0.9, 1 / 0.9, town.people)))
    count = len(who)
    at = life.times(who)
    old = (rng.random(count) < 0.35) & (town.registered[who] < town.start - 200 * DAY)
    at[old] -= town.uniform(20, 170, old.sum()) * DAY
    usual = rng.choice(rates.lenders, town.people, p=town.lender_weight)
    loyal = rng.random(count) < 0.45
    lender = np.where(loyal, usual[who], rng.choice(rates.lenders, count, p=town.lender_weight))
    risk = rng.beta(0.5, 9, town.people) * np.where(town.occupation == SELF_EMPLOYED, 1.3, 1)
    amount = np.round(np.exp(rng.normal(8.5, 1, count)), -2) + 100
    unpaid = rng.random(count) < np.clip(risk, 0, 0.8)[who]
    some = np.flatnonzero((rng.random(count) < 0.45) & (at > life.begin[who]))
    in_shop = rng.random(len(some)) < 0.6
    spender = who[some]
    shop = life.one_in_city(town.shops, town.city[spender])
    friend = life.friend(spender)
    friend = np.where(friend >= 0, friend, (spender + 1) % town.people)
    spent = amount[some] * town.uniform(0.15, 1, len(some))
    later = at[some] + town.uniform(0.3, 120, len(some)) * HOUR
    life.pay((spender, np.where(in_shop, shop, friend)), (0, in_shop * 1), spent, later)
    nowhere = np.full(count, -1)
    loans = np.vstack([rows(town.loans, 7), np.c_[who, lender, at, amount, unpaid, nowhere, nowhere]])
    life.loans = loans[loans[:, 2] < town.as_of - HOUR]


def _repay(life: Life) -> None:
    """Loans are paid month by month, early, by a relative, late, or no more."""
    town, rng, loans = life.town, life.town.rng, life.loans
    count = len(loans)
    life.borrower = loans[:, 0].astype(int)
    life.opened = np.maximum(loans[:, 2], town.registered[life.borrower] + 600)
    life.term = rng.choice([1, 3, 6, 12], count, p=[0.15, 0.3, 0.3, 0.25])
    life.principal = loans[:, 3]
    unpaid = loans[:, 4] > 0
    stops = np.where(unpaid, np.floor(life.term * rng.beta(1, 2.2, count)), 99)
    early = (rng.random(count) < 0.12) & ~unpaid
    due = np.minimum(np.floor((town.as_of - life.opened) / MONTH).astype(int), life.term)
    paid = np.minimum(due, stops).astype(int)
    early_done = early & (due >= 1)
    life.paid = np.where(early_done, life.term, paid)
    behind = np.floor((town.as_of - life.opened) / DAY - 30 * (life.paid + 1))
    life.late = np.where(np.maximum(0, due - life.paid) > 0, behind, 0).clip(0)
    tardy = (rng.random(count) < 0.05) & (life.late == 0) & (due > 0)
    life.late = np.where(tardy & (life.paid < life.term), rng.integers(1, 25, count), life.late)
    times = np.where(early_done, due, life.paid)
    loan = np.repeat(np.arange(count), times)
    number = np.arange(len(loan)) - np.repeat(np.cumsum(times) - times, times) + 1
    at = life.opened[loan] + number * 30 * DAY + rng.normal(-1.5, 2, len(loan)) * DAY
    at = np.maximum(np.minimum(at, town.as_of - 60), life.opened[loan] + HOUR)
    whole = life.principal[loan] * 1.01 / np.maximum(times, 1)[loan]
    amount = np.where(early[loan], whole, life.principal[loan] / life.term[loan] * 1.012)
    payer = life.borrower[loan].copy()
    helped = rng.random(len(loan)) < 0.04
    payer[helped] = life.relative(payer)[helped]
    life.repayments = loan, payer, amount, at
    life.closed = life.paid >= life.term
    life.last_paid = np.zeros(count)
    np.maximum.at(life.last_paid, loan, at)


def _guarantee(life: Life) -> None:
    """A relative or friend guarantees for some loans; adds the guarantees of groups."""
    town, rng = life.town, life.town.rng
    loans = np.flatnonzero(rng.random(len(life.loans)) < 0.035)
    borrower = life.borrower[loans]
    guarantor = life.relative(borrower)
    guarantor = np.where(guarantor == borrower, life.friend(borrower), guarantor)
    noted = []
    for one, person, loan in zip(guarantor, borrower, loans, strict=True):
        if one >= 0 and one != person:
            named = int(loan) if town.chance(0.65) else -1
            noted.append((int(one), int(person), named, life.opened[loan] - town.uniform(0, 3) * DAY))
    loans_of: dict[int, list[int]] = {}
    for loan, person in enumerate(life.borrower):
        loans_of.setdefault(int(person), []).append(loan)
    for one, person, at in town.guarantees:
        known = person in loans_of and town.chance(0.5)
        noted.append((one, person, int(rng.choice(loans_of[person])) if known else -1, at))
    life.guarantees = rows(noted, 4)


def _note(life: Life, person: Ints, kind: str, value: Any, since: Any = None, until: Any = 0) -> None:
    """Note identifiers of one kind."""
    noted = np.empty((len(person), 5), object)
    noted[:, 0], noted[:, 1], noted[:, 2] = person, kind, value
    noted[:, 3] = life.town.registered[person] if since is None else since
    noted[:, 4] = until
    life.identifier_rows.append(noted)


def _since(life: Life, person: Ints) -> Any:
    """Since when people have something that many get later than their account."""
    town, rng = life.town, life.town.rng
    later = rng.random(len(person)) < 0.6
    opened = town.registered[person]
    return np.where(later, opened + rng.random(len(person)) * (town.as_of - opened), opened)


def _hand_out_papers(life: Life) -> None:
    """Everybody gives a phone and most a card; some homes share one."""
    town, rng, people = life.town, life.town.rng, life.town.people
    everybody, first = np.arange(people), town.values
    life.identifier_rows.append(np.array(town.identifiers, dtype=object).reshape(-1, 5))
    many = town.home_size > 1
    one_phone = np.repeat((rng.random(town.households) < 0.05) & many, town.home_size)
    one_card = np.repeat((rng.random(town.households) < 0.06) & many, town.home_size)
    life.shares_at_home = one_phone | one_card
    eldest = town.home_start[town.household]
    life.phone = first + np.where(one_phone & (rng.random(people) < 0.6), eldest, everybody)
    _note(life, everybody, "phone", life.phone)
    some = everybody[rng.random(people) < 0.16]
    _note(life, some, "phone", first + people + some, _since(life, some))
    cards = first + 3 * people
    card = cards + np.where(one_card & (rng.random(people) < 0.7), eldest, everybody)
    some = everybody[rng.random(people) < 0.9]
    _note(life, some, "card", card[some])
    some = everybody[rng.random(people) < 0.35]
    _note(life, some, "card", cards + people + some, _since(life, some))


def _share_papers_at_home(life: Life) -> None:
    """People give addresses, mails and identity numbers, and get numbers that others had; part of all is missing."""
    town, rng, people = life.town, life.town.rng, life.town.people
    everybody, opened = np.arange(people), town.registered
    addresses, mails, numbers = (town.values + place * people for place in (6, 9, 11))
    some = everybody[rng.random(people) < town.rates.home_address]
    home = town.household[some]
    only_block = rng.random(len(some)) < 0.025
    _note(life, some, "address", np.where(only_block, addresses + people + town.block[home], addresses + home))
    some = everybody[rng.random(people) < 0.55]
    _note(life, some, "email", mails + some, _since(life, some))
    some = everybody[rng.random(people) < 0.93]
    _note(life, some, "national_id", numbers + some)
    before = rng.choice(everybody, int(people * town.rates.recycled), replace=False)
    after = rng.integers(0, people, len(before))
    fits = (after != before) & (opened[before] < town.as_of - 120 * DAY)
    before, after = before[fits], after[fits]
    given_up = np.maximum(opened[after] - 30 * DAY, opened[before] + 20 * DAY)
    given_up = np.minimum(town.as_of - town.uniform(60, 700, len(before)) * DAY, given_up)
    until = np.maximum(opened[before] + DAY, given_up)
    known = np.where(rng.random(len(before)) < 0.55, until, 0)
    _note(life, before, "phone", life.phone[after], opened[before], known)
    noted = np.vstack(life.identifier_rows)
    life.identifiers = noted[rng.random(len(noted)) >= town.rates.missing]


def _name_contacts(life: Life) -> None:
    """Most people name a relative or a friend; some a second friend."""
    town, rng, people = life.town, life.town.rng, life.town.people
    who = np.flatnonzero(rng.random(people) < 0.7)
    relative = life.relative(who)
    picks = rng.random(len(who))
    friends = [town.friends(person) for person in who]
    friend = np.array([own[int(pick * len(own))] if len(own) else -1 for own, pick in zip(friends, picks, strict=True)])
    named = np.where((relative == who) | (rng.random(len(who)) < 0.3), friend, relative)
    fits = (named >= 0) & (named != who)
    second = np.flatnonzero(rng.random(people) < 0.25)
    last = life.friend(second, -1)
    second, last = second[last >= 0], last[last >= 0]
    noted = [np.c_[second, last, life.times(second)], rows(town.contacts, 3)]
    life.contacts = np.vstack([*noted, np.c_[who, named, life.times(who)][fits]])


def _chat(life: Life) -> None:
    """Chat groups of homes, blocks, firms and hobbies; adds those of groups."""
    town, rng, people = life.town, life.town.rng, life.town.people
    noted = [rows(town.memberships, 4)]
    for label, share in ((town.household, 0.3), (town.block[town.household], 0.35), (town.employer, 0.5)):
        who = np.flatnonzero((label >= 0) & (rng.random(people) < share))
        opened = town.registered[who]
        joined = opened + rng.random(len(who)) * (town.as_of - opened)
        messages = rng.poisson(rng.gamma(0.8, 8, len(who)))
        noted.append(np.c_[who, life.chats + label[who], joined, messages])
        life.chats += label.max() + 1
    hobbies = people // 40
    who = rng.integers(0, people, int(people * 0.9))
    hobby = (town.city[who] * 131 + (rng.random(len(who)) * hobbies / town.cities).astype(int)) % hobbies
    noted.append(np.c_[who, life.chats + hobby, life.times(who), rng.poisson(5, len(who))])
    life.chats += hobbies
    life.memberships = np.vstack(noted)


def _report_and_inquire(life: Life) -> None:
    """People report others, the self-employed most; lenders inquire before loans and without one."""
    town, rng, people = life.town, life.town.rng, life.town.people
    weight = np.where(town.occupation == SELF_EMPLOYED, 2.0, 1.0)
    reported = rng.choice(people, int(people * 0.006), p=weight / weight.sum())
    reporter = rng.integers(0, people, len(reported))
    life.reports = np.vstack([rows(town.reports, 3), np.c_[reporter, reported, life.times(reported)]])
    before = life.opened - town.uniform(0.02, 3, len(life.loans)) * DAY
    asked = np.c_[life.borrower, life.loans[:, 1], before]
    who = rng.integers(0, people, people // 4)
    lender = rng.choice(town.rates.lenders, len(who), p=town.lender_weight)
    life.inquiries = np.vstack([asked, np.c_[who, lender, life.times(who)]])


def _befriend(life: Life) -> None:
    """When friends met; adds the friendships of groups, each pair once, in either order."""
    town, rng, links = life.town, life.town.rng, life.town.links
    both = np.maximum(town.registered[links[:, 0]], town.registered[links[:, 1]])
    since = town.as_of - town.uniform(0, 1, len(links)) * (town.as_of - both)
    noted = np.vstack([np.c_[links, since], rows(town.friendships, 3)])
    noted = noted[noted[:, 0] != noted[:, 1]]
    low, high = np.minimum(noted[:, 0], noted[:, 1]), np.maximum(noted[:, 0], noted[:, 1])
    noted = noted[np.unique(low * town.people + high, return_index=True)[1]]
    turned = rng.random(len(noted)) < 0.5
    noted[turned, :2] = noted[turned, :2][:, ::-1]
    life.friendships = noted
