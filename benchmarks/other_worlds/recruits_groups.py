"""Honest groups in the world of recruits: families, offices, markets, clubs, dormitories, drivers, neighbours.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from recruits_life import Terms, borrow, from_shop, note_ids, pay, spend, to_shop
from recruits_town import DAY, HOUR, MERCHANT, MODELS, PERSON, SALARIED, SELF_EMPLOYED, STUDENT, Town, members_by_label

OFFICES = 100
FAMILIES_PER_PERSON = 1500 / 60000


def pick(town: Town, count: int, wanted: Any = None) -> Any:
    """So many honest people of one city, of those wanted when there are enough."""
    free = town.free[town.rng.choice(town.cities, p=town.city_weight)]
    free = free if len(free) > count * 2 else np.concatenate(town.free)
    if wanted is not None:
        fit = free[wanted[free]]
        if len(fit) >= count * 1.5:
            free = fit
    return town.rng.choice(free, min(count, len(free)), replace=False)


def group_size(town: Town, low: int, high: int) -> int:
    """How many members a group has, small ones more often."""
    return int(np.clip(np.exp(town.rng.normal(np.log((low * high) ** 0.5), 0.5)), low, high))


def log_in(town: Town, who: Any, place: tuple[Any, Any], span: tuple[Any, Any], often: float) -> None:
    """Each logs in on one of the devices from one of the addresses of a place, or on their own where it has none."""
    devices, ips = place
    who = np.repeat(who, 1 + town.rng.poisson(max(often - 1, 0), len(who)))
    at = town.times(len(who), *span)
    device = town.own_device(who, at) if devices is None else town.rng.choice(devices, len(who))
    ip = town.any_ip(who, at) if ips is None else town.rng.choice(ips, len(who))
    town.logins.add(person=who, device=device, ip=ip, at=at)


def list_ids(town: Town, who: Any, kind: str, value: Any, span: tuple[Any, Any]) -> None:
    """People give an identifier, mostly with a date in a span."""
    dated = town.coin(0.7, len(who))
    note_ids(town, who, kind, value, np.where(dated, town.times(len(who), *span), np.nan))


def befriend(town: Town, members: Any, count: float) -> None:
    """Make members friends."""
    one = np.repeat(members, town.rng.poisson(count, len(members)))
    other = town.rng.choice(members, len(one))
    town.friendships.add(person=one, friend=other, at=town.times(len(one), town.start - 400 * DAY, town.end))


def chat(town: Town, members: Any, log_messages: float = 2.0) -> None:
    """Open a chat group."""
    at = town.times(len(members), town.start - 300 * DAY, town.end)
    messages = town.rng.poisson(np.exp(town.rng.normal(log_messages, 1, len(members))))
    town.memberships.add(person=members, chat=town.chats, at=at, messages=messages)
    town.chats += 1


def borrow_together(
    town: Town, members: Any, share: float, place: tuple[int, int] = (-1, -1), log_amount: float = 8.0
) -> None:
    """Some members borrow at about the same time: a campaign, a season, a word of mouth."""
    rng, who = town.rng, town.some(members, share)
    if not len(who):
        return
    begin = town.uniform(town.start, town.end - 3 * DAY)
    at = np.minimum(begin + rng.exponential(town.log_uniform(1, 20) * DAY, len(who)), town.end - HOUR)
    unpaid = town.rates.group_default * town.log_uniform(0.3, 3)
    lender = np.full(len(who), rng.integers(town.lenders)) if town.coin(0.6) else None
    borrow(town, who, at, unpaid, Terms(lender=lender, device=place[0], ip=place[1], log_amount=log_amount))


def note(town: Town, kind: str, members: Any) -> None:
    """Note an honest group of four or more of whom hardly any is in a crew."""
    members = np.unique(members)
    if len(members) >= 4 and (town.ring[members] >= 0).mean() < 0.2:
        town.honest_groups.append((kind, members))


def whole_span(town: Town) -> tuple[int, int]:
    """The span of the world's logins and payments."""
    return town.start, town.end


def since_before(town: Town, days: int) -> tuple[int, int]:
    """The same, begun so many days before."""
    return town.start - days * DAY, town.end


def new_address(town: Town) -> Any:
    """An address that nobody has yet."""
    return town.new_values("address", 1)


def pay_among(town: Town, members: Any, often: float, log_mean: float, round_share: float) -> None:
    """Members pay each other, so many times a member."""
    count = int(len(members) * often)
    sides = town.rng.choice(members, count), town.rng.choice(members, count)
    pay(town, sides, town.money(count, log_mean, 1.0, round_share), town.any_time(count))


def in_burst(town: Town, share: float = 1.0) -> bool:
    """Whether a group borrows together."""
    return bool(town.coin(town.rates.burst_honest * share))


def call_centre(town: Town) -> None:
    """Colleagues on shared computers of one model, paid by one firm."""
    members = pick(town, group_size(town, 6, 40), town.occupation == SALARIED)
    count = max(2, len(members) // town.whole(2, 6))
    devices = town.new_devices(count, model=int(town.rng.integers(MODELS)))
    ips = town.new_ips(town.whole(1, 2), "office")
    begin = town.uniform(town.start, town.end - 40 * DAY)
    log_in(town, town.some(members, 0.9), (devices, ips), (begin, town.end), town.uniform(2, 8))
    befriend(town, members, 1.5)
    chat(town, members)
    if town.coin(0.6):
        firm = town.new_shop("employer")
        for month in town.months:
            wage = town.uniform(3500, 7000, len(members))
            from_shop(town, firm, members, wage, month + 10 * DAY + town.rng.exponential(HOUR, len(members)))
    if in_burst(town):
        borrow_together(town, members, town.uniform(0.2, 0.7), (-1, int(ips[0])))
    note(town, "call_centre", members)


def market(town: Town) -> None:
    """Stall keepers of one hall, who pay each other and give goods on credit that is paid in a circle."""
    rng, span = town.rng, whole_span(town)
    members = pick(town, group_size(town, 5, 30), town.occupation == SELF_EMPLOYED)
    count = town.whole(1, 2)
    ips = town.new_ips(count, "public" if town.coin(0.5) else "residential")
    log_in(town, town.some(members, 0.85), (None, ips), span, town.uniform(2, 8))
    befriend(town, members, 1.5)
    if town.coin(0.6):
        who = town.some(members, 0.6)
        log_in(town, who, (town.new_devices(town.whole(1, 3)), ips), span, town.uniform(1, 4))
    if town.coin(0.6):
        list_ids(town, town.some(members, 0.7), "address", new_address(town), since_before(town, 300))
    pay_among(town, members, town.uniform(2, 9), 6.5, 0.5)
    for _ in range(rng.poisson(2)):
        circle = rng.permutation(members)[: town.whole(3, 5)]
        at = town.uniform(town.start, town.end - 4 * DAY) + np.cumsum(town.log_uniform(0.5, 30, len(circle)) * HOUR)
        amount = town.log_uniform(500, 9000) * town.uniform(0.85, 1.1, len(circle))
        pay(town, (circle, np.roll(circle, -1)), amount, at)
    if in_burst(town):
        borrow_together(town, members, town.uniform(0.2, 0.7), log_amount=9.0)
    note(town, "market", members)


def village_guarantee(town: Town) -> None:
    """Neighbours who borrow together at one lender and guarantee for each other."""
    rng, members = town.rng, pick(town, group_size(town, 4, 14), town.age > 45)
    lender, count = int(rng.integers(town.lenders)), len(members)
    begin = town.uniform(town.start - 200 * DAY, town.end - 5 * DAY)
    at = np.minimum(begin + town.uniform(0, 12, count) * DAY, town.end - HOUR)
    unpaid = town.rates.group_default * town.log_uniform(0.3, 4)
    terms = Terms(lender=np.full(count, lender), log_amount=9.3, months=np.full(count, 12))
    borrow(town, members, at, unpaid, terms)
    guarantor, person = np.meshgrid(members, members)
    given = (guarantor != person) & town.coin(town.uniform(0.35, 1.0), guarantor.shape)
    amount = np.round(town.log_uniform(3000, 40000, given.sum()), -3)
    at = np.minimum(begin + town.uniform(-5, 12, given.sum()) * DAY, town.end - HOUR)
    town.guarantees.add(guarantor=guarantor[given], person=person[given], amount=amount, at=at)
    befriend(town, members, 2)
    if town.coin(0.4):
        list_ids(town, town.some(members, 0.6), "phone", town.new_values("phone", 1), since_before(town, 400))
    if town.coin(0.4):
        list_ids(town, town.some(members, 0.7), "address", new_address(town), since_before(town, 400))
    pay_among(town, members, town.uniform(1, 4), 6.0, 0.6)
    note(town, "village_guarantee", members)


def internet_cafe(town: Town) -> None:
    """Young guests on a café's computers of one model."""
    members = pick(town, group_size(town, 8, 60), town.age < 35)
    count = town.whole(4, 20)
    devices = town.new_devices(count, model=int(town.rng.integers(MODELS)))
    ips = town.new_ips(town.whole(1, 2), "public")
    log_in(town, members, (devices, ips), whole_span(town), town.uniform(1, 4))
    note(town, "internet_cafe", members)


def second_hand(town: Town) -> None:
    """A stall, and phones with many owners in turn."""
    members = pick(town, group_size(town, 4, 16))
    for device in town.new_devices(town.whole(1, max(2, len(members) // 3))):
        phone = np.array([device]), None
        owners = town.rng.permutation(members)[: town.whole(3, 7)]
        turns = np.sort(town.uniform(town.start, town.end, len(owners) + 1))
        log_in(town, owners, phone, (turns[0], town.end), 1)
        for turn in range(len(owners)):
            log_in(town, owners[turn : turn + 1], phone, (turns[turn], turns[turn + 1]), town.uniform(2, 6))
    if town.coin(0.5):
        price = town.log_uniform(400, 2500, len(members))
        to_shop(town, members, town.new_shop("phone_shop"), price, town.any_time(len(members)))
    note(town, "second_hand", members)


def parents_group(town: Town) -> None:
    """Parents who pay one of them, who pays the school."""
    rng, members = town.rng, pick(town, group_size(town, 12, 45), (town.age > 26) & (town.age < 50))
    chat(town, members, 3)
    befriend(town, members, 1)
    school = town.new_shop("school")
    for _ in range(1 + rng.poisson(2)):
        at = town.uniform(town.start, town.end - 6 * DAY)
        payers = town.some(members[1:], 0.8)
        amount = np.round(town.log_uniform(30, 900), -1)
        pay(town, (payers, members[0]), amount, at + rng.exponential(DAY, len(payers)))
        total = amount * len(payers) * town.uniform(0.85, 1)
        to_shop(town, members[:1], school, total, at + town.uniform(2, 5) * DAY)
    note(town, "parents_group", members)


def saving_club(town: Town) -> None:
    """All pay the same to one of them, each in turn, who spends some of it."""
    rng, size = town.rng, group_size(town, 5, 16)
    members = pick(town, size, town.age > 45 if town.coin(0.6) else None)
    stake = np.round(town.log_uniform(200, 5000), -2)
    step = town.uniform(7, 31) * DAY
    at = town.uniform(town.start - 60 * DAY, town.start + 40 * DAY)
    befriend(town, members, 2)
    chat(town, members)
    for winner in np.tile(rng.permutation(members), 6):
        if at > town.end:
            break
        payers = members[members != winner]
        paid = at + rng.exponential(8 * HOUR, len(payers))
        seen = paid > town.start
        pay(town, (payers[seen], winner), stake * town.uniform(0.98, 1.05), paid[seen])
        if town.coin(0.4) and at > town.start:
            spend(town, np.repeat(winner, 2), (at, at + 4 * DAY), 2.0)
        at += step
    note(town, "saving_club", members)


def gig_workers(town: Town) -> None:
    """Drivers whom one platform pays every few days, sometimes all the same."""
    rng, members = town.rng, pick(town, group_size(town, 10, 60), town.occupation != SALARIED)
    platform = town.new_shop("platform")
    for day in np.arange(town.start, town.end, town.whole(3, 14) * DAY):
        if town.coin(0.2):
            paid = town.some(members, 0.9)
            from_shop(town, platform, paid, town.log_uniform(300, 1800), day + 11 * HOUR + rng.exponential(0.3 * HOUR))
        else:
            paid = town.some(members, 0.85)
            amount = town.log_uniform(200, 2200, len(paid))
            from_shop(town, platform, paid, amount, day + 11 * HOUR + rng.exponential(0.5 * HOUR, len(paid)))
    if town.coin(0.6):
        who = town.some(members, 0.5)
        log_in(town, who, (None, town.new_ips(1, "public")), whole_span(town), town.uniform(1, 5))
    if in_burst(town):
        borrow_together(town, members, town.uniform(0.2, 0.6), log_amount=7.7)
    if town.coin(0.3):
        who = town.some(members, 0.5)
        who = who[who != members[0]]
        town.contacts.add(person=who, contact=members[0], at=town.any_time(len(who)))
    note(town, "gig_workers", members)


def shop_refunds(town: Town) -> None:
    """Customers of one shop who get their money back."""
    rng, members = town.rng, pick(town, group_size(town, 5, 40))
    shop = town.new_shop(town.whole(2, 4))
    who = np.repeat(members, 1 + rng.poisson(0.6, len(members)))
    begin = town.uniform(town.start, town.end - 10 * DAY)
    at = town.times(len(who), begin, begin + town.log_uniform(3, 60) * DAY)
    amount = town.money(len(who), town.uniform(5, 7.6), 0.7, 0.2)
    town.payments.add(payer=who, payer_kind=PERSON, payee=shop, payee_kind=MERCHANT, amount=amount, at=at)
    back = town.coin(town.uniform(0.5, 1), len(who))
    count = back.sum()
    in_full = town.coin(0.6, count)
    returned = amount[back] * np.where(in_full, 1, town.uniform(0.8, 0.99, count))
    from_shop(town, shop, who[back], returned, at[back] + town.log_uniform(0.1, 8, count) * DAY)
    other = pick(town, town.whole(5, 30))
    to_shop(town, other, shop, town.money(len(other), 5.5, 0.7), town.any_time(len(other)))
    note(town, "shop_refunds", members)


def helper(town: Town) -> None:
    """A young one on whose phone relatives and old neighbours log in and borrow."""
    young = pick(town, 1, town.age < 40)[0]
    kin = (town.kin == town.kin[young]) & (town.kin[young] >= 0)
    family = np.flatnonzero(town.honest & (kin | (town.home == town.home[young])))
    members = np.unique(np.concatenate([[young], family[:9], pick(town, town.whole(3, 5), town.age > 45)]))
    helped = members[members != young]
    long_had = town.phone_changed[young] < town.end - 60 * DAY
    device = town.phone[young] if long_had else town.old_phone[young]
    begin = town.uniform(town.start, town.end - 20 * DAY)
    span = begin, town.end
    log_in(town, helped, (np.array([device]), None), span, town.uniform(1, 3))
    naming = town.some(helped, 0.8)
    town.contacts.add(person=naming, contact=young, at=town.times(len(naming), *span))
    borrow_together(town, helped, town.uniform(0.4, 0.9), (int(device), -1), 7.6)
    befriend(town, members, 1.5)
    if town.coin(0.5):
        list_ids(town, town.some(helped, 0.5), "phone", town.phone_number[young], span)
    if town.coin(0.3):
        list_ids(town, town.some(helped, 0.4), "card", town.card[young], span)
    note(town, "helper", members)


def families(town: Town, count: int) -> None:
    """Large households; some share a phone, a card, a tablet."""
    homes = np.bincount(town.home[town.honest], minlength=town.homes)
    large = town.rng.permutation(np.flatnonzero(homes >= 4))
    order, start, size = members_by_label(town.home)
    for number, home in enumerate(large):
        members = order[start[home] : start[home] + size[home]]
        if number < count * 3:
            _share_in_family(town, members)
            note(town, "family_sharing", members)
        elif number < town.people * FAMILIES_PER_PERSON:
            note(town, "family", members)


def _share_in_family(town: Town, members: Any) -> None:
    """One phone, one card, one tablet for all, and money to and fro."""
    if town.coin(0.6):
        list_ids(town, town.some(members, 0.8), "phone", town.new_values("phone", 1), since_before(town, 300))
    if town.coin(0.5):
        list_ids(town, town.some(members, 0.7), "card", town.new_values("card", 1), since_before(town, 300))
    if town.coin(0.5):
        who = town.some(members, 0.8)
        log_in(town, who, (town.new_devices(1), None), whole_span(town), town.uniform(2, 6))
    pay_among(town, members, town.uniform(1, 5), 6.5, 0.6)
    if town.coin(0.3):
        pair = town.rng.choice(members, 2, replace=False)
        town.guarantees.add(guarantor=pair[:1], person=pair[1:], amount=[20000.0], at=town.any_time(1))


def site_crew(town: Town) -> None:
    """A foreman whom the company pays and who pays the others; they sleep on the site."""
    rng, members = town.rng, pick(town, group_size(town, 5, 25), town.occupation != STUDENT)
    foreman, crew = members[0], members[1:]
    company = town.new_shop("employer")
    for month in town.months:
        wage = town.log_uniform(3000, 7000, len(crew))
        at = month + town.uniform(1, 5) * DAY
        from_shop(town, company, members[:1], wage.sum() * 1.1, at)
        pay(town, (foreman, crew), wage, at + rng.exponential(5 * HOUR, len(crew)))
    list_ids(town, town.some(members, 0.7), "address", new_address(town), since_before(town, 100))
    naming = town.some(crew, 0.6)
    town.contacts.add(person=naming, contact=foreman, at=town.any_time(len(naming)))
    befriend(town, members, 1)
    if town.coin(0.5):
        who = town.some(members, 0.7)
        log_in(town, who, (None, town.new_ips(1, "residential")), whole_span(town), town.uniform(2, 5))
    if in_burst(town, 0.6):
        borrow_together(town, members, town.uniform(0.2, 0.5))
    note(town, "site_crew", members)


def flat_share(town: Town) -> None:
    """Young people of one flat who pay their share to one of them."""
    members = pick(town, group_size(town, 4, 9), town.age < 38)
    ips = town.new_ips(town.whole(1, 2), "residential")
    span = town.start + town.uniform(0, 60) * DAY, town.end
    log_in(town, members, (None, ips), span, town.uniform(3, 9))
    list_ids(town, town.some(members, 0.85), "address", new_address(town), since_before(town, 200))
    for month in town.months:
        share = np.round(town.log_uniform(50, 1500), -1)
        at = month + 5 * DAY + town.rng.exponential(DAY, len(members) - 1)
        pay(town, (members[1:], members[0]), share, at)
    note(town, "flat_share", members)


def trip_split(town: Town) -> None:
    """Friends who travel and settle up."""
    rng, members = town.rng, pick(town, group_size(town, 4, 14))
    befriend(town, members, 2)
    chat(town, members)
    for _ in range(town.whole(1, 5)):
        payer, share = rng.choice(members), town.log_uniform(30, 900)
        at = town.uniform(town.start, town.end - 3 * DAY)
        to_shop(town, np.array([payer]), rng.choice(town.shops), share * len(members), at)
        others = members[members != payer]
        pay(town, (others, payer), share, at + rng.exponential(6 * HOUR, len(members) - 1))
    note(town, "trip_split", members)


def nat_village(town: Town) -> None:
    """A village behind one gateway of its carrier."""
    members = pick(town, group_size(town, 15, 120))
    ips = town.new_ips(town.whole(1, 2), "mobile")
    log_in(town, members, (None, ips), whole_span(town), town.uniform(2, 6))
    note(town, "nat_village", members)


def offices(town: Town, count: int) -> None:
    """Colleagues of one firm; in some firms many borrow after a campaign."""
    order, start, size = members_by_label(town.firm)
    middle = np.flatnonzero((size >= 6) & (size <= 60))
    for firm in town.rng.permutation(middle)[:count]:
        members = order[start[firm] : start[firm] + size[firm]]
        log_in(town, members, (None, town.firm_ip[[firm]]), whole_span(town), 3)
        borrow_together(town, members, town.uniform(0.2, 0.6), (-1, int(town.firm_ip[firm])))
        note(town, "office", members)
    for firm in town.rng.permutation(middle)[-OFFICES:]:
        note(town, "office", order[start[firm] : start[firm] + size[firm]])


def dormitories(town: Town, count: int) -> None:
    """Students of one room; in some rooms many borrow before the term."""
    order, start, size = members_by_label(town.room)
    for room in town.rng.permutation(np.flatnonzero(size >= 4))[: count * 2]:
        members = order[start[room] : start[room] + size[room]]
        ips = town.new_ips(1, "residential")
        log_in(town, members, (None, ips), whole_span(town), town.uniform(3, 8))
        note(town, "dormitory", members)
        if town.coin(0.3):
            who = town.some(members, 0.7)
            log_in(town, who, (town.phone[members[:1]], None), whole_span(town), 1.5)
        if in_burst(town):
            borrow_together(town, members, town.uniform(0.3, 0.8), log_amount=7.2)


def company_dorm(town: Town) -> None:
    """Workers who live in their company's dormitory."""
    members = pick(town, group_size(town, 8, 40), town.occupation == SALARIED)
    ips = town.new_ips(town.whole(1, 3), "residential")
    log_in(town, members, (None, ips), whole_span(town), town.uniform(2, 7))
    list_ids(town, town.some(members, 0.8), "address", new_address(town), since_before(town, 200))
    befriend(town, members, 1)
    if in_burst(town):
        borrow_together(town, members, town.uniform(0.2, 0.5))
    note(town, "company_dorm", members)


ONE_BY_ONE: dict[str, Callable[[Town], None]] = {
    "call_centre": call_centre,
    "market": market,
    "village_guarantee": village_guarantee,
    "internet_cafe": internet_cafe,
    "second_hand": second_hand,
    "parents_group": parents_group,
    "saving_club": saving_club,
    "gig_workers": gig_workers,
    "shop_refunds": shop_refunds,
    "helper": helper,
    "site_crew": site_crew,
    "flat_share": flat_share,
    "trip_split": trip_split,
    "nat_village": nat_village,
    "company_dorm": company_dorm,
}
TOGETHER: dict[str, Callable[[Town, int], None]] = {
    "family_sharing": families,
    "office_campaign": offices,
    "dorm_season": dormitories,
}
COUNTED = ["call_centre", "market", "village_guarantee", "internet_cafe", "second_hand", "parents_group"]
COUNTED += ["saving_club", "gig_workers", "shop_refunds", "helper", "family_sharing", "site_crew", "flat_share"]
COUNTED += ["trip_split", "nat_village", "office_campaign", "dorm_season", "company_dorm"]


def add_groups(town: Town) -> None:
    """All honest groups, kind after kind."""
    alone = town.honest & ~town.alone
    town.free = [town.rng.permutation(np.flatnonzero(alone & (town.city == city))) for city in range(town.cities)]
    counts = {kind: max(1, int(town.people / 60000 * town.log_uniform(8, 60))) for kind in COUNTED}
    for kind, count in counts.items():
        if kind in TOGETHER:
            TOGETHER[kind](town, count)
            continue
        for _ in range(count):
            ONE_BY_ONE[kind](town)
