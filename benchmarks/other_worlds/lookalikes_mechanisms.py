"""What holds a group together in the world of look-alikes: ten mechanisms, each for a ring and its honest twins.

A mechanism is told the style, "ring" or the kind of an honest group, and differs in little between them. Written, like
the world's other files, without knowledge of the project's own generator or method.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from lookalikes_groups import Group, Loaned, Phones
from lookalikes_town import CATEGORIES, DAY, HOUR, Shop


def device_farm(group: Group, style: str = "ring") -> None:
    """Members log in on the same few devices: a farm, or a firm's phones, a helper's, a café's."""
    town = group.town
    count = max(1, int(group.size / town.uniform(1.5, 5)))
    at_work = style in ("corporate_phones", "shift_devices", "live_studio")
    if style == "elder_helper":
        count = 1 + town.chance(0.3)
    if style == "internet_cafe":
        count = max(2, group.size // 3)
    one_model = town.chance(0.75 if group.bad or at_work else 0.35)
    model = town.whole(0, town.models - 1) if one_model else None
    if not group.bad and at_work:
        ips = group.office_ips()
    elif not group.bad and style == "internet_cafe":
        ips = [town.public_ip[group.city][0], town.new_ip("public")]
    else:
        ips = group.base_ips()
    if group.bad and town.chance(0.55):
        group.open_accounts(town.cue(True))
    in_batch = group.bad or style in ("shift_devices", "elder_helper", "live_studio")
    batch = town.chance(town.rates.batch if in_batch else 0.35)
    phones = Phones(count, model, (0.25 if group.bad else 0.06) * town.chance(0.5))
    devices = group.share_devices(phones, batch, (2, 6), ips)
    if town.chance(0.5):
        group.evidence.add("ip")
    at = devices, ips, town.uniform(0.2, 0.7)
    share = town.uniform(0.5, 0.95) if group.bad or style == "elder_helper" else town.uniform(0.2, 0.7)
    given = group.borrow(share, at=at)
    if group.cue():
        group.pay_up(given, group.between((0.4, 0.95), (0.05, 0.6)))
    elif style == "elder_helper":
        _small_favours(group)


def _small_favours(group: Group) -> None:
    """A helper and those helped pay each other small sums."""
    town = group.town
    for person in group.others():
        payer = group.head if town.chance(0.5) else person
        payee = person if town.chance(0.5) else group.head
        town.pay(payer, payee, town.amount(50, 900), group.moment())


def _shared_kinds(group: Group, style: str) -> list[str]:
    """Which identifiers a group shares."""
    town = group.town
    if style == "big_family":
        return [kind for kind in ("address", "card", "phone") if town.chance(0.7)] or ["card"]
    if style == "migrant_dorm":
        return ["address"] + (["card"] if town.chance(0.7) else [])
    if style == "student_room":
        return ["address"] + (["email"] if town.chance(0.1) else [])
    if style == "relatives_phone":
        return ["phone"] + (["card"] if town.chance(0.3) else [])
    count = town.whole(1, 2 if town.hard else 3)
    kinds = ["phone", "card", "address", "email", "national_id"]
    return [str(kind) for kind in town.rng.choice(kinds, size=count, replace=False, p=[0.3, 0.28, 0.25, 0.1, 0.07])]


def shared_identity(group: Group, style: str = "ring") -> None:
    """Members give the same phones, cards, addresses: a ring, a family, a dormitory."""
    town = group.town
    for kind in _shared_kinds(group, style):
        group.share_papers(kind, cover=group.between((0.4, 0.9), (0.5, 1)))
    if style in ("big_family", "student_room", "migrant_dorm") or town.chance(0.4):
        ips = town.campus_ip[group.city] if style == "student_room" else group.home()
        group.share_ips(ips, town.chance(0.4), (1, 4))
    if style == "relatives_phone" or town.chance(0.3):
        group.name_contacts()
    given = group.borrow(group.between((0.5, 0.95), (0.25, 0.75)))
    if group.cue():
        group.pay_up(given, town.uniform(0.3, 0.9))
    if group.bad and town.chance(0.3):
        group.open_accounts(town.cue(True), 0.5)
    if style == "migrant_dorm":
        for person in group.others():
            for _ in range(town.whole(0, 2)):
                town.pay(group.head, person, town.amount(1500, 6000), group.moment())


def loan_agent(group: Group, style: str = "ring") -> None:
    """One applies for others and takes a fee: an agent, a broker, a dealer's desk, the village's helper."""
    town = group.town
    devices = town.new_devices(town.whole(1, 2))
    if group.bad or style == "village_agent":
        ips = group.base_ips()
    else:
        ips = [town.new_ip("office" if town.chance(0.5) else "residential")]
    if town.chance(0.75 if group.bad or style != "dealership_desk" else 0.2):
        group.name_contacts()
    share = town.uniform(0.15, 0.7) if group.bad or town.chance(0.4) else 0.0
    if share:
        group.evidence |= {"device", "ip"}
    many = group.cue() or (style == "credit_broker" and town.chance(0.5))
    given = group.borrow(town.uniform(0.85, 1), many, (devices, ips, share), group.others())
    fee = town.rates.fee * town.uniform(0.6, 1.5)
    if style == "dealership_desk":
        _buy_on_credit(group, given)
    elif style == "village_agent":
        part, thanked = fee * town.uniform(0.3, 1), town.uniform(0.4, 0.9)
        group.pay_up(given, part, group.head, thanked, fast=town.chance(0.5))
    elif style == "credit_broker":
        part = town.uniform(0.02, 0.06) if town.chance(0.7) else fee
        group.pay_up(given, part, group.head, 0.85)
    else:
        group.pay_up(given, fee, group.head, town.uniform(0.6, 0.95))
    group.call_others("recruit")


def _buy_on_credit(group: Group, given: Loaned) -> None:
    """Customers buy at the dealer's with the loan; the dealer pays the clerk a wage."""
    town = group.town
    shop = town.any_shop(group.city)
    for person, at, amount in given:
        if town.chance(0.9):
            bought = at + town.uniform(0.3, 40) * HOUR
            price = amount * town.uniform(0.9, 1.15)
            town.pay(person, shop, price, bought, bought + town.uniform(2, 15) * DAY if town.chance(0.12) else 0)
    if town.employer[group.head] < 0 or town.chance(0.5):
        for month in range(town.days // 30):
            wage = town.amount(2500, 9000)
            town.pay(shop, group.head, wage, town.as_of - (30 * month + town.uniform(2, 4)) * DAY)
    if town.chance(0.4):
        group.pay_up(given, town.uniform(0.01, 0.06), group.head, 0.5)


def cash_out(group: Group, style: str = "ring") -> None:
    """Loans are spent at one shop and come back: feigned sales, or returns, cancellations, claims."""
    town = group.town
    group.evidence.add("cash_out")
    new_shop = town.chance(0.5)
    shop = town.new_shop(group.city, town.one_of(CATEGORIES)) if new_shop else town.any_shop(group.city)
    if group.bad or town.chance(0.5):
        _true_customers(group, shop)
    share = town.uniform(0.8, 1)
    spent = group.borrow(share, town.chance(0.5) if style == "stall_returns" else None)
    seen = {person for person, _, _ in spent}
    spent += [
        (person, group.moment(), town.amount()) for person in group.others() if person not in seen and town.chance(0.7)
    ]
    quick, is_round = group.cue(), group.cue()
    by_head = town.chance(0.5 if group.bad else 0.25)
    for person, at, amount in spent:
        if person == group.head and by_head:
            continue
        for _ in range(1 if town.chance(0.7) else 2):
            price = amount * town.uniform(0.7, 1)
            price = round(price, -2) if is_round else price
            bought = at + town.uniform(0.2, 50 if quick else 300) * HOUR
            if style == "cancelled_booking" and town.chance(0.6):
                town.pay(person, shop, price, bought, bought + town.uniform(1, 20) * DAY)
                continue
            town.pay(person, shop, price, bought)
            if town.chance(0.85 if group.bad else 0.7):
                payer = group.head if by_head else shop
                _pay_back(group, style, (person, payer), price, bought, quick)
    if by_head or town.chance(0.5):
        for _ in range(town.whole(2, 6)):
            town.pay(shop, group.head, town.amount(1500, 15000), group.moment())
    group.call_others("recruit")


def _true_customers(group: Group, shop: Shop) -> None:
    """The shop has true customers too."""
    town, rng = group.town, group.town.rng
    living = town.by_city[group.city]
    for person in rng.choice(living, size=min(len(living), town.whole(8, 40))):
        at = town.moment(town.start, town.as_of - DAY)
        price = np.exp(rng.normal(4.5, 1))
        town.pay(person, shop, price, at, at + town.uniform(1, 9) * DAY if town.chance(0.04) else 0)


def _pay_back(group: Group, style: str, pair: tuple[int, int], price: float, bought: float, quick: bool) -> None:
    """The money comes back, with a share kept in a ring; `pair` is who bought and who pays back."""
    town, (person, payer) = group.town, pair
    if group.bad or town.chance(0.25):
        part = town.uniform(0.85, 0.97)
    else:
        part = town.uniform(0.6, 1.3) if style in ("stall_returns", "consignment") else town.uniform(0.95, 1.0)
    at = bought + (town.uniform(0.5, 60) if quick else town.uniform(20, 500)) * HOUR
    if style == "expense_claims" and town.employer[person] >= 0:
        payer = Shop(town.employer[person])
    town.pay(payer, person, price * part, at)


@dataclass(frozen=True)
class Flow:
    """How money runs through a group: who passes it on, how much stays, and where it ends."""

    upper: list[int]
    lower: list[int]
    keep: float
    sink: Shop | None
    regulars: list[int]
    employer: Shop
    base: float
    fast: bool
    crowd: Any


def mule_chain(group: Group, style: str = "ring") -> None:
    """Money runs through members to a head: mules, or sales people, rent, payroll, a joint purchase."""
    town, rng = group.town, group.town.rng
    group.evidence.add("pass_through")
    fast = group.cue() or (style in ("sales_reps", "group_buy") and town.chance(0.5))
    night = 0.45 if group.cue() else 0.04
    episodes = int(group.size * town.uniform(1.5, 4))
    crowd = town.by_city[group.city]
    split = max(1, group.size // 4)
    upper, lower = group.members[:split], group.members[split:] or group.members
    keep = town.uniform(0.90, 0.99)
    sink = town.any_shop(group.city) if town.chance(0.5) or not group.bad else None
    regulars = [int(person) for person in rng.choice(crowd, town.whole(4, 3 * group.size + 4))]
    employer = town.employer[group.head]
    employer = town.any_shop(group.city) if employer < 0 else Shop(employer)
    flow = Flow(upper, lower, keep, sink, regulars, employer, town.amount(400, 6000), fast, crowd)
    for episode in range(episodes):
        at = group.moment(night=town.chance(night))
        any_sum = group.bad or style == "sales_reps"
        amount = town.amount(300, 20000) if any_sum else flow.base * town.uniform(0.8, 1.2)
        _EPISODES[style](group, flow, at, amount)
        if episode > _LAST_EPISODE.get(style, episodes):
            break
    if style == "sales_reps":
        _pay_commission(group, flow)
    if town.chance(0.35):
        group.pay_up(group.borrow(town.uniform(0.2, 0.6)), 0.8, share=0.4 if group.bad else 0.1)
    for person in group.others():
        group.roles[person] = "mule" if person in lower or town.chance(0.6) else "member"


def _wait(group: Group, flow: Flow) -> float:
    """Seconds until money is passed on."""
    return (group.town.uniform(0.05, 7) if flow.fast else group.town.uniform(4, 60)) * HOUR


def _pass_on(group: Group, flow: Flow, at: Any, amount: float) -> None:
    """Somebody pays a member, who passes it on, perhaps by another, to the core."""
    town, rng = group.town, group.town.rng
    holder = rng.choice(flow.lower)
    regular = town.chance(0.2 if group.bad else 0.7)
    source = int(rng.choice(flow.regulars)) if regular else int(rng.choice(flow.crowd))
    town.pay(source, holder, amount, at)
    left = amount * flow.keep * town.uniform(0.97, 1.01)
    at += _wait(group, flow)
    taker = rng.choice(flow.upper)
    if town.chance(0.35):
        other = rng.choice(flow.lower)
        town.pay(holder, other, left, at)
        holder = other
        at += _wait(group, flow)
        left *= flow.keep
    if town.chance(0.25):
        second = rng.choice(flow.upper)
        town.pay(holder, taker, left * 0.55, at)
        town.pay(holder, second, left * 0.45, at + town.uniform(60, 3000))
    else:
        town.pay(holder, taker, left, at)
    if town.chance(0.7):
        _collect(group, flow, taker, at + _wait(group, flow), left * flow.keep)


def _collect(group: Group, flow: Flow, taker: int, at: Any, left: float) -> None:
    """The core pays the head, who spends it or sends it away."""
    town = group.town
    if taker != group.head:
        town.pay(taker, group.head, left, at)
        at += _wait(group, flow)
    if town.chance(0.6):
        end = int(town.rng.choice(flow.crowd)) if flow.sink is None else flow.sink
        town.pay(group.head, end, left * town.uniform(0.7, 1), at)


def _payroll(group: Group, flow: Flow, at: Any, _amount: float) -> None:
    """A firm pays the foreman, who pays the crew."""
    town, crew = group.town, group.some(0.8)
    town.pay(flow.employer, group.head, flow.base * len(crew), at)
    for person in crew:
        if person != group.head:
            wage = flow.base * town.uniform(0.9, 1.05)
            town.pay(group.head, person, wage, at + _wait(group, flow))


def _joint_purchase(group: Group, flow: Flow, at: Any, _amount: float) -> None:
    """Neighbours pay one of them, who buys for all."""
    town, total = group.town, 0.0
    for person in group.some(0.6):
        price = flow.base / 20 * town.uniform(0.4, 2)
        paid = at + town.uniform(0, 20000)
        town.pay(person, group.head, price, paid, at + town.uniform(2, 6) * DAY if town.chance(0.04) else 0)
        total += price
    cost = total * town.uniform(0.85, 0.97)
    town.pay(group.head, flow.sink, cost, at + 20000 + _wait(group, flow))


def _rent(group: Group, flow: Flow, at: Any, _amount: float) -> None:
    """Tenants pay those who let to them, who pay the landlord."""
    town = group.town
    for tenant in flow.lower:
        letting = town.rng.choice(flow.upper)
        rent = flow.base * town.uniform(0.98, 1.02)
        town.pay(tenant, letting, rent, at + town.uniform(0, 3) * DAY)
    for letting in flow.upper[1:]:
        share = flow.base * len(flow.lower) / len(flow.upper) * flow.keep
        town.pay(letting, group.head, share, at + 3 * DAY + _wait(group, flow))


def _remittance(group: Group, flow: Flow, at: Any, amount: float) -> None:
    """One of a family sends money to another, who passes some on."""
    town = group.town
    sender, receiver = group.two()
    town.pay(sender, receiver, amount, at)
    last = town.rng.choice(group.members)
    passed = amount * town.uniform(0.5, 1)
    town.pay(receiver, last, passed, at + _wait(group, flow))


def _pay_commission(group: Group, flow: Flow) -> None:
    """The firm pays its sales people every month."""
    town = group.town
    firm = flow.employer if flow.sink is None else flow.sink
    for person in flow.lower:
        for _ in range(int((group.end - group.start) // (30 * DAY)) + 1):
            if town.chance(0.7):
                town.pay(firm, person, town.amount(800, 4000), group.moment())


_EPISODES: dict[str, Callable[[Group, Flow, Any, float], None]] = {
    "ring": _pass_on,
    "sales_reps": _pass_on,
    "foreman_payroll": _payroll,
    "group_buy": _joint_purchase,
    "sublet_rent": _rent,
    "family_remittance": _remittance,
}
_LAST_EPISODE = {"foreman_payroll": 5, "sublet_rent": 4}


def transfer_cycle(group: Group, style: str = "ring") -> None:
    """Money goes round: a ring, a saving club, a card table, a circle of traders."""
    town = group.town
    group.evidence.add("cycle")
    rounds = town.whole(2, 7)
    steady = group.cue() or style == "rosca"
    fast = group.cue()
    night = 0.4 if group.cue() or style == "friends_table" else 0.05
    for number in range(rounds):
        at = group.moment(night=town.chance(night))
        amount = town.amount(50, 1500) if style == "friends_table" else town.amount(200, 12000)
        if style == "rosca" and town.chance(0.6):
            _pay_in(group, number, amount, at)
            continue
        part = _round_members(group)
        for payer, payee in zip(part, part[1:] + part[:1], strict=True):
            if payer != payee and town.chance(0.96):
                returned = style == "trade_circle" and town.chance(0.06)
                town.pay(payer, payee, amount, at, at + town.uniform(1, 5) * DAY if returned else 0)
            amount *= town.uniform(0.965, 1.0) if steady else town.uniform(0.7, 1.25)
            at += (town.uniform(0.1, 5) if fast else town.uniform(2, 48)) * HOUR
    for _ in range(int(group.size * town.uniform(0.5, 2))):
        payer, payee = group.two()
        town.pay(payer, payee, town.amount(50, 4000), group.moment())
    given = group.borrow(group.between((0.3, 0.9), (0.15, 0.6)))
    if group.cue():
        group.pay_up(given, 0.5, share=0.5)


def _pay_in(group: Group, number: int, amount: float, at: Any) -> None:
    """All members of a saving club pay to the one whose turn it is."""
    town = group.town
    winner = group.members[number % group.size]
    for person in group.members:
        if person != winner and town.chance(0.9):
            paid = amount if number else 500 * town.whole(1, 6)
            town.pay(person, winner, paid, at + town.uniform(0, 2) * DAY)


def _round_members(group: Group) -> list[int]:
    """Who takes part in a round, in which order."""
    town, rng = group.town, group.town.rng
    if town.chance(0.7):
        part = [person for person in group.members if town.chance(0.85)]
    else:
        part = list(rng.permutation(group.members))[: max(3, town.whole(3, min(6, group.size)))]
    if town.chance(0.5):
        if group.bad:
            last = len(part) - 1
            part = part[town.whole(0, last) :] + part[: town.whole(0, max(0, last))]
        else:
            part = list(rng.permutation(part))
    return list(dict.fromkeys(part))


def guarantee_circle(group: Group, style: str = "ring") -> None:
    """Members guarantee for each other's loans: a ring, a village's joint liability, a clan, a guild."""
    town, members = group.town, group.members
    group.evidence.add("guarantee")
    density = town.uniform(0.25, 0.6)
    many = town.chance(0.6) if style == "guild_guarantee" else None
    given = group.borrow(town.uniform(0.75, 1), many)
    opened = {person: at for person, at, _ in given}
    for place, one in enumerate(members):
        following = members[(place + 1) % group.size]
        if town.chance(town.rates.attached + 0.1):
            at = opened.get(following, group.start) - town.uniform(0, 5) * DAY
            town.guarantees.append((one, following, at))
        for other in members:
            if other != one and town.chance(density * min(1, 5 / group.size)):
                at = opened.get(other, group.moment()) - town.uniform(-2, 9) * DAY
                town.guarantees.append((one, other, at))
    if group.cue():
        group.pay_up(given, town.uniform(0.4, 0.9))
    else:
        for _ in members:
            payer, payee = group.two()
            town.pay(payer, payee, town.amount(100, 5000), group.moment())
    if style == "clan_guarantee" or town.chance(0.2):
        group.share_papers("address", members[: max(2, group.size // 2)])


def account_resale(group: Group, style: str = "ring") -> None:
    """Accounts are opened on the same devices and go to others: a dealer's, a shop's that helps, a firm's new staff."""
    town = group.town
    group.open_accounts(group.cue() or style == "hr_onboarding", 0.95)
    who = group.some()
    devices = town.new_devices(max(1, group.size // town.whole(4, 9)))
    if style == "hr_onboarding":
        ips = group.office_ips()
    elif style == "setup_shop" and town.chance(0.6):
        ips = [town.new_ip("public")]
    else:
        ips = group.base_ips()
    group.evidence |= {"device", "ip"}
    shop = town.any_shop(group.city)
    for person in who:
        _hand_over(group, style, person, (devices, ips), shop)
    if (group.bad and town.chance(0.35)) or town.chance(0.05):
        group.share_papers("phone" if town.chance(0.5) else "email", who[: max(2, len(who) // 2)])
    group.borrow(group.between((0.35, 0.85), (0.1, 0.5)))


def _hand_over(group: Group, style: str, person: int, place: tuple[Any, list[int]], shop: Shop) -> None:
    """One account is opened on a shared device, and used by its owner after a while."""
    town, (devices, ips) = group.town, place
    at = town.registered[person] + town.uniform(300, 4000)
    for _ in range(town.whole(1, 3 if group.bad or town.chance(0.4) else 2)):
        device = town.rng.choice(devices)
        town.log_in(person, device, town.one_of(ips), at)
        at += town.uniform(0.02, 2.5) * DAY
    gap = town.uniform(5, 45) if group.cue() else town.uniform(0, 6)
    handed = int(min(at + gap * DAY, town.as_of - 3 * DAY))
    town.life_from[person] = handed
    if town.chance(0.3 if group.bad else 0.1):
        town.identifiers.append((person, "phone", town.new_value(), town.registered[person], handed))
    if group.bad and town.chance(0.35):
        town.pay(person, group.head, town.amount(60, 900), handed + town.uniform(0, 4) * DAY)
    elif style == "setup_shop" and town.chance(0.7):
        if town.chance(0.7):
            town.pay(person, shop, town.amount(80, 4000), at)
        else:
            town.pay(person, group.head, town.amount(60, 900), at)


def promotion_abuse(group: Group, style: str = "ring") -> None:
    """New accounts buy the same little thing at once: a ring, an opening, a freshers' fair, a leader of bargains."""
    town, rng = group.town, group.town.rng
    group.open_accounts(group.cue() or style == "freshers_fair", 0.85)
    shops = [Shop(shop) for shop in rng.choice(town.shops[group.city], town.whole(1, 2))]
    price = town.one_of([9.9, 19.9, 20, 29.9, 30, 50, 99])
    tight = group.cue()
    began = town.moment(group.start, group.end - DAY if group.end - DAY > group.start else group.end)
    exact = group.cue()
    for person in group.members:
        for _ in range(town.whole(1, 4)):
            _buy_the_offer(group, style, person, (shops, price, began), (tight, exact))
    way = rng.random()
    if way < 0.4:
        phones, batch = Phones(max(1, group.size // town.whole(2, 5))), group.cue()
        ips = group.base_ips() if group.bad else [town.public_ip[group.city][-1]]
        group.share_devices(phones, batch, (1, 4), ips)
    if way > 0.25:
        group.share_ips(_offer_ips(group, style), tight, (1, 4))
    for person in group.members:
        if person != group.head and town.chance(0.4):
            town.friendships.append((person, group.head, group.start))
    if town.chance(0.35):
        group.borrow(town.uniform(0.2, 0.5))


def _buy_the_offer(
    group: Group, style: str, person: int, offer: tuple[list[Shop], float, float], habits: tuple[bool, bool]
) -> None:
    """A member buys once, perhaps takes it back, perhaps pays the head."""
    town, (shops, price, began), (tight, exact) = group.town, offer, habits
    if tight and town.chance(0.7):
        at = began + town.uniform(0, 5400)
    else:
        at = min(town.moment(began, began + 6 * DAY), town.as_of - DAY)
    shop = town.one_of(shops)
    paid = price + town.uniform(0, 1.5) if exact else price * town.uniform(0.8, 3)
    returned = town.chance(0.25 if group.bad else 0.12)
    town.pay(person, shop, paid, at, at + town.uniform(0.1, 3) * DAY if returned else 0)
    thankful = 0.45 if style == "deal_leader" else 0.08
    if person != group.head and town.chance(0.4 if group.bad else thankful):
        town.pay(person, group.head, price * town.uniform(0.3, 1.2), at + town.uniform(0.2, 40) * HOUR)


def _offer_ips(group: Group, style: str) -> list[int]:
    """Where the members of an offer log in from."""
    town = group.town
    if group.bad or town.chance(0.3):
        return group.base_ips()
    return town.campus_ip[group.city] if style == "freshers_fair" else [town.new_ip("public")]


_PARTS = {
    "device_farm": device_farm,
    "shared_identity": shared_identity,
    "cash_out": cash_out,
    "mule_chain": mule_chain,
    "guarantee_circle": guarantee_circle,
    "loan_agent": loan_agent,
}


def unknown(group: Group, style: str = "ring") -> None:
    """A ring of a kind that nobody has seen: two mechanisms, each for two thirds of the members."""
    size = max(3, group.size * 2 // 3)
    first, second = group.town.rng.choice(list(_PARTS), 2, replace=False)
    halves = (group.members[:size], first), ([group.head, *group.members[-size + 1 :]], second)
    for members, name in halves:
        part = Group(group.town, members, group.bad, group.kind)
        part.start, part.end = group.start, group.end
        _PARTS[name](part, style)
        group.evidence |= part.evidence
        for person, role in part.roles.items():
            if person != group.head:
                group.roles[person] = role


MECHANISMS: dict[str, Callable[[Group, str], None]] = {
    "device_farm": device_farm,
    "shared_identity": shared_identity,
    "loan_agent": loan_agent,
    "cash_out": cash_out,
    "mule_chain": mule_chain,
    "transfer_cycle": transfer_cycle,
    "guarantee_circle": guarantee_circle,
    "account_resale": account_resale,
    "promotion_abuse": promotion_abuse,
    "unknown": unknown,
}
