"""Ordinary life in the world of recruits: logins, papers, friends, shopping, wages, rent and credit.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from recruits_town import DAY, HOUR, ID_KINDS, MERCHANT, PERSON, SELF_EMPLOYED, Town, members_by_label

OWN_LENDER = 0
LENDER_KINDS = ["bank", "consumer_finance", "p2p", "bnpl", "own"]
LUCKY_SUMS = [5.2, 6.66, 8.88, 18.88, 52.0, 66.0, 88.0, 200.0]
PRICES = 5000


@dataclass(frozen=True)
class Terms:
    """How people borrow: lender, where they apply, how much, who pays back, and in how many months."""

    lender: Any = None
    device: Any = -1
    ip: Any = -1
    log_amount: float = 8.3
    payer: Any = -1
    months: Any = None


def live(town: Town) -> None:
    """All of ordinary life."""
    _log_in(town)
    _hand_out_papers(town)
    _give_addresses(town)
    _befriend(town)
    _name_contacts(town)
    _open_shops(town)
    _pay_friends(town)
    _earn(town)
    _keep_shop(town)
    _rent(town)
    _lend(town)


def pay(town: Town, sides: tuple[Any, Any], amount: Any, at: Any, kinds: tuple[int, int] = (PERSON, PERSON)) -> None:
    """Let people and merchants pay each other before the as-of; nobody pays themselves."""
    payer, payee, amount, at = np.broadcast_arrays(*sides, np.round(amount, 2), np.asarray(at, float))
    real = (at < town.end) & ((payer != payee) | (kinds[0] != kinds[1])) & (amount > 0)
    town.payments.add(
        payer=payer[real],
        payer_kind=kinds[0],
        payee=payee[real],
        payee_kind=kinds[1],
        amount=amount[real],
        at=at[real],
    )


def to_shop(town: Town, person: Any, shop: Any, amount: Any, at: Any) -> None:
    """People pay merchants."""
    pay(town, (person, shop), amount, at, (PERSON, MERCHANT))


def from_shop(town: Town, shop: Any, person: Any, amount: Any, at: Any) -> None:
    """Merchants pay people."""
    pay(town, (shop, person), amount, at, (MERCHANT, PERSON))


def note_ids(town: Town, person: Any, kind: str, value: Any, since: Any = np.nan) -> None:
    """Give people identifiers."""
    town.identifiers.add(person=person, kind=ID_KINDS.index(kind), value=value, since=since)


def _log_in(town: Town) -> None:
    """Everybody logs in; phones that were sold appear with their next owner."""
    who = np.repeat(town.everybody, town.rng.poisson(town.rates.logins * town.activity))
    at = town.times(len(who), np.maximum(town.start, town.registered[who]), town.end)
    device = town.own_device(who, at)
    for other, share in ((town.second_device[who], 0.25), (town.family_device[town.home[who]], 0.2)):
        device = np.where((other >= 0) & town.coin(share, len(who)), other, device)
    town.logins.add(person=who, device=device, ip=town.any_ip(who, at), at=at)
    sale = np.repeat(np.arange(len(town.sellers)), town.whole(1, 6, len(town.sellers)))
    seller, buyer = town.sellers[sale], town.buyers[sale]
    at = town.times(len(sale), np.minimum(town.phone_changed[seller] + DAY, town.end - HOUR), town.end)
    town.logins.add(person=buyer, device=town.old_phone[seller], ip=town.any_ip(buyer, at), at=at)


def _later(town: Town, person: Any) -> Any:
    """Moments after people registered."""
    return town.times(len(person), town.registered[person], town.end)


def _share_at_home(town: Town, kind: str, values: Any, share: float) -> None:
    """Some people give what a relative gives."""
    who = town.those(share * 1.6)
    relative = town.mate(town.home, who)
    who, relative = who[relative != who], relative[relative != who]
    note_ids(town, who, kind, values[relative], _later(town, who))


def _hand_out_papers(town: Town) -> None:
    """Give phones and cards; some are shared at home, some numbers had another owner before."""
    rng, people = town.rng, town.people
    town.phone_number = town.new_values("phone", people)
    since = np.where(town.coin(0.6, people), town.registered, np.nan)
    note_ids(town, town.everybody, "phone", town.phone_number, since)
    who = town.those(0.12)
    note_ids(town, who, "phone", town.new_values("phone", len(who)), _later(town, who))
    _share_at_home(town, "phone", town.phone_number, town.rates.share_phone)
    before = town.those(town.rates.recycled)
    after, value = rng.integers(0, people, len(before)), town.new_values("phone", len(before))
    count = len(before)
    given_up = town.start - town.uniform(0, 400, count) * DAY + town.uniform(0, town.days, count) * DAY
    since = given_up - town.uniform(200, 900, count) * DAY
    town.identifiers.add(person=before, kind=ID_KINDS.index("phone"), value=value, since=since, until=given_up)
    since = np.minimum(given_up + town.uniform(30, 120, count) * DAY, town.end)
    note_ids(town, after, "phone", value, since)
    town.card = town.new_values("card", people)
    who = town.those(0.85)
    note_ids(town, who, "card", town.card[who], _later(town, who))
    who = town.those(0.25)
    note_ids(town, who, "card", town.new_values("card", len(who)), _later(town, who))
    _share_at_home(town, "card", town.card, town.rates.share_card)


def _give_addresses(town: Town) -> None:
    """Give addresses of homes, of wider families, firms and dormitories, identity numbers and mails."""
    people, rates = town.people, town.rates
    town.address = town.new_values("address", town.homes)
    who = town.those(rates.addr_listed)
    since = town.times(len(who), town.registered[who] - 200 * DAY, town.end)
    note_ids(town, who, "address", town.address[town.home[who]], since)
    family = town.new_values("address", max(1, town.kin.max() + 1))
    who = np.flatnonzero((town.kin >= 0) & town.coin(rates.hukou_addr, people))
    note_ids(town, who, "address", family[town.kin[who]])
    firm = town.new_values("address", town.firms)
    who = np.flatnonzero((town.firm >= 0) & town.coin(rates.office_addr, people))
    note_ids(town, who, "address", firm[town.firm[who]], _later(town, who))
    dormitory = town.room if rates.dorm_by_room else np.where(town.room >= 0, town.room // 12, -1)
    address = town.new_values("address", dormitory.max() + 1)
    who = np.flatnonzero((dormitory >= 0) & town.coin(0.8, people))
    note_ids(town, who, "address", address[dormitory[who]], _later(town, who))
    for kind, share in (("national_id", rates.nid), ("email", rates.email)):
        who = town.those(share)
        note_ids(town, who, kind, town.new_values(kind, people)[who], town.registered[who])


def _befriend(town: Town) -> None:
    """Make friends and chat groups at home, in families, teams, rooms, hobbies, schools and cities."""
    rng, friends = town.rng, town.rates.friends
    order, start, size = members_by_label(town.firm)
    team = np.full(town.people, -1)
    place = np.arange(len(order)) - np.repeat(start, size)
    team[order] = town.firm[order] * 1000 + place // town.whole(6, 14)
    town.team = np.unique(team, return_inverse=True)[1] - 1
    has_hobby = town.coin(0.5, town.people)
    hobby = np.where(has_hobby, rng.integers(0, max(1, town.people // 25), town.people), -1)
    circles = [(town.home, 1.2), (town.kin, 0.8), (town.team, friends * 0.7), (town.room, 2.2), (hobby, friends * 0.5)]
    for label, count in [*circles, (town.school, 0.8), (town.city, friends * 0.35)]:
        who = np.flatnonzero(label >= 0)
        who = np.repeat(who, rng.poisson(count, len(who)))
        mate = town.mate(label, who)
        at = town.times(len(who), town.start - 900 * DAY, town.end)
        town.friendships.add(person=who, friend=mate, at=at)
    for label, share in ((town.team, 0.6), (town.room, 0.9), (hobby, 0.5), (town.kin, 0.5)):
        who, _, size = members_by_label(label)
        has_chat = town.coin(share, len(size)) & (size >= 3)
        who = who[has_chat[label[who]]]
        at = town.times(len(who), town.start - 500 * DAY, town.end)
        messages = rng.poisson(np.exp(rng.normal(1.8, 1.1, len(who))))
        town.memberships.add(person=who, chat=town.chats + label[who], at=at, messages=messages)
        town.chats += len(size)


def _name_contacts(town: Town) -> None:
    """Most people name a relative as contact, some a colleague."""
    who = town.those(0.7)
    named = town.mate(town.home, who)
    relative = town.mate(np.where(town.kin < 0, 0, town.kin), who)
    other = np.where(town.kin[who] >= 0, relative, town.mate(town.city, who))
    named = np.where((named == who) | town.coin(0.25, len(who)), other, named)
    _note_contacts(town, who, named)
    who = town.those(0.3)
    colleague = town.mate(np.maximum(town.team, 0), who)
    _note_contacts(town, who, np.where(town.team[who] >= 0, colleague, town.mate(town.city, who)))


def _note_contacts(town: Town, who: Any, named: Any) -> None:
    """Note contacts of those who do not name themselves."""
    who, named = who[named != who], named[named != who]
    town.contacts.add(person=who, contact=named, at=_later(town, who))


def _open_shops(town: Town) -> None:
    """Open shops in cities and on line, and let everybody shop."""
    rng, people = town.rng, town.people
    count = max(40, people // town.whole(25, 60))
    town.shops = town.new_shops(count, town.whole(0, 9, count))
    on_line = town.coin(0.25, count)
    town.shop_city = np.where(on_line, -1, rng.choice(town.cities, count, p=town.city_weight))
    town.shop_weight = rng.pareto(town.uniform(1.0, 1.8), count) + 0.05
    town.price = rng.normal(4, 1, PRICES)
    often = town.rates.shop * town.activity * town.uniform(0.5, 1.5, people)
    spend(town, np.repeat(town.everybody, rng.poisson(often)))


def _shop_for(town: Town, who: Any) -> Any:
    """A shop for each purchase, on line or in the buyer's city."""
    rng = town.rng
    online = np.flatnonzero(town.shop_city < 0)
    chosen = np.empty(len(who), int)
    on_line = town.coin(0.4, len(who))
    weight = town.shop_weight[online]
    chosen[on_line] = rng.choice(online, on_line.sum(), p=weight / weight.sum())
    for city in range(town.cities):
        here = np.flatnonzero(~on_line & (town.city[who] == city))
        local = np.flatnonzero(town.shop_city == city)
        local = local if len(local) else online
        weight = town.shop_weight[local]
        chosen[here] = rng.choice(local, len(here), p=weight / weight.sum())
    return town.shops[chosen]


def spend(town: Town, who: Any, span: tuple[Any, Any] | None = None, dearer: float = 0.0) -> None:
    """People shop, in their whole time or in a span, for what the shop costs."""
    shop = _shop_for(town, who)
    low, high = span or (np.maximum(town.start, town.registered[who]), town.end)
    at = town.times(len(who), low, high)
    amount = town.money(len(who), town.price[shop % PRICES] + dearer, 0.8, 0.15)
    returned = town.coin(town.rates.refund, len(who))
    refunded = np.where(returned, at + town.log_uniform(0.1, 9, len(who)) * DAY, np.nan)
    town.payments.add(
        payer=who, payer_kind=PERSON, payee=shop, payee_kind=MERCHANT, amount=amount, at=at, refunded=refunded
    )


def _pay_friends(town: Town) -> None:
    """Friends pay each other, close ones often, sometimes in lucky sums."""
    rng = town.rng
    friends = town.friendships.rows()
    count = len(friends["person"])
    rng.choice(count, int(town.people * town.rates.p2p))  # drawn and left: a seed keeps its world
    tie = rng.gamma(0.4, 1, count)
    pair = rng.choice(count, int(town.people * town.rates.p2p), p=tie / tie.sum())
    one, other = friends["person"][pair], friends["friend"][pair]
    forth = town.coin(0.5, len(pair))
    payer, payee = np.where(forth, one, other), np.where(forth, other, one)
    real = (payer != payee) & town.coin(np.minimum(1, town.activity[payer]), len(payer))
    payer, payee = payer[real], payee[real]
    amount = town.money(len(payer), 4.6, 1.3, 0.5)
    lucky = town.coin(0.2, len(payer))
    amount = np.where(lucky, rng.choice(LUCKY_SUMS, len(payer)), amount)
    _note_payments(town, payer, payee, amount, town.any_time(len(payer)))


def _note_payments(town: Town, payer: Any, payee: Any, amount: Any, at: Any) -> None:
    """Note payments between people as they are."""
    town.payments.add(payer=payer, payer_kind=PERSON, payee=payee, payee_kind=PERSON, amount=amount, at=at)


def _earn(town: Town) -> None:
    """Most firms pay wages through their account, each on its day."""
    rng = town.rng
    employer = town.new_shops(town.firms, "employer")
    payday = town.whole(1, 25, town.firms)
    wage = np.exp(rng.normal(8.7, 0.5, town.people))
    town.months = np.arange(town.start, town.end, 30.4 * DAY)
    who = np.flatnonzero((town.firm >= 0) & town.coin(0.75, town.people))
    by_account = town.coin(town.uniform(0.6, 0.95), town.firms)
    who = who[by_account[town.firm[who]]]
    firm = town.firm[who]
    for month in town.months:
        at = month + payday[firm] * DAY + 9 * HOUR + rng.exponential(0.5 * HOUR, len(who))
        past = at < town.end
        paid = np.round(wage[who[past]] * town.uniform(0.95, 1.1, past.sum()), 2)
        town.payments.add(
            payer=employer[firm[past]],
            payer_kind=MERCHANT,
            payee=who[past],
            payee_kind=PERSON,
            amount=paid,
            at=at[past],
        )


def _keep_shop(town: Town) -> None:
    """The self-employed take money in a shop of their own, or from hand to hand."""
    rng = town.rng
    owner = np.flatnonzero((town.occupation == SELF_EMPLOYED) & town.coin(0.5, town.people))
    shop = town.new_shops(len(owner), town.whole(0, 9, len(owner)))
    sale = np.repeat(np.arange(len(owner)), rng.poisson(town.log_uniform(3, 20, len(owner))))
    customer = town.mate(town.city, owner[sale])
    amount, at = town.money(len(sale), 4.2, 1.0, 0.3), town.any_time(len(sale))
    town.payments.add(payer=customer, payer_kind=PERSON, payee=shop[sale], payee_kind=MERCHANT, amount=amount, at=at)
    sale = np.repeat(np.arange(len(owner)), rng.poisson(town.log_uniform(2, 14, len(owner))))
    amount, at = town.money(len(sale), 6.8, 0.9, 0.1), town.any_time(len(sale))
    town.payments.add(payer=shop[sale], payer_kind=MERCHANT, payee=owner[sale], payee_kind=PERSON, amount=amount, at=at)
    hawker = np.flatnonzero((town.occupation == SELF_EMPLOYED) & town.coin(0.5, town.people))
    hawker = np.repeat(hawker, rng.poisson(town.log_uniform(2, 12, len(hawker))))
    customer = town.mate(town.city, hawker)
    amount = town.money(len(hawker), 4.0, 1.1, 0.4)
    _note_payments(town, customer, hawker, amount, town.any_time(len(hawker)))


def _rent(town: Town) -> None:
    """Young tenants pay a landlord of their city every month."""
    rng = town.rng
    tenant = np.flatnonzero(town.coin(town.rates.renters, town.people) & (town.age < 40))
    lords = []
    for city in range(town.cities):
        living = np.flatnonzero(town.city == city)
        lords.append(rng.choice(living, max(1, len(living) // 60)) if len(living) else np.array([0]))
    lord = np.array([rng.choice(lords[city]) for city in town.city[tenant]])
    rent = np.round(np.exp(rng.normal(7.2, 0.4, len(tenant))), -1)
    day = town.uniform(0, 28, len(tenant))
    for month in town.months:
        at = month + day * DAY + rng.normal(0, DAY, len(tenant)) + 20 * HOUR
        paid = (at < town.end) & (at > town.start) & town.coin(0.85, len(tenant)) & (lord != tenant)
        _note_payments(town, tenant[paid], lord[paid], rent[paid], at[paid])


def _lend(town: Town) -> None:
    """Lenders lend to a part of the people, more to those of risky homes than they get back."""
    rng, people, rates = town.rng, town.people, town.rates
    town.lenders = town.whole(8, 22)
    weight = rng.dirichlet([4, 4, 1.5, 3])
    own = LENDER_KINDS.index("own")
    town.lender_kind = np.concatenate([[own], rng.choice(4, town.lenders - 1, p=weight)])
    weight = rng.gamma(1.0, 1, town.lenders)
    weight[OWN_LENDER] = 0
    town.lender_weight = weight / weight.sum()
    risk = rng.gamma(0.7, 1 / 0.7, town.homes)
    borrows = town.coin(rates.borrow * np.where(town.age > 60, 0.3, 1), people)
    who = np.repeat(town.everybody, rng.poisson(rates.loans_mean * borrows * town.uniform(0.3, 1.9, people) * 1.6))
    at = town.end - rng.gamma(1.3, 130, len(who)) * DAY - HOUR
    at = np.maximum(at, np.minimum(town.registered[who] + HOUR, town.end - HOUR))
    borrow(town, who, at, np.clip(rates.base_default * (0.4 + 0.6 * risk[town.home[who]]), 0, 0.6))


def any_lender(town: Town, count: int) -> Any:
    """Lenders, the bank's own for its share."""
    own = town.coin(town.rates.own_share, count)
    return np.where(own, OWN_LENDER, town.rng.choice(town.lenders, count, p=town.lender_weight))


def borrow(town: Town, who: Any, at: Any, unpaid: Any, terms: Terms | None = None) -> tuple[Any, Any]:
    """People borrow; `unpaid` is the chance that a loan stops being paid. Gives moments and amounts."""
    rng, count, terms = town.rng, len(who), terms or Terms()
    at = np.asarray(at, float)
    if not count:
        return np.array([]), np.array([])
    amount = np.round(np.clip(np.exp(rng.normal(terms.log_amount, 0.8, count)), 500, 200000), -2)
    months = terms.months
    if months is None:
        months = rng.choice([1, 3, 6, 9, 12, 24], count, p=[0.12, 0.2, 0.25, 0.08, 0.28, 0.07])
    stops = town.coin(unpaid, count)
    town.loans.add(
        person=who,
        at=at,
        lender=any_lender(town, count) if terms.lender is None else terms.lender,
        amount=amount,
        months=months,
        unpaid=stops,
        stops=rng.geometric(0.45, count) - 1,
        device=terms.device,
        ip=terms.ip,
        payer=terms.payer,
    )
    return at, amount
