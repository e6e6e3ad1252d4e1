"""The rings and the honest groups of the streets, each with what holds it together, and what is known of them.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from streets_town import (
    DAY,
    HOUR,
    LENDERS,
    NOW,
    Column,
    Group,
    Ints,
    Ring,
    World,
    add_applications,
    add_identifiers,
    add_loans,
    add_logins,
    add_payments,
    ago,
    at_home,
    days_ago,
    kept,
    nowhere,
    yuan,
)

RINGS_PER_PERSON = 148 / 60000
EVIDENCE = ["device", "ip", "phone", "address", "card", "contact", "guarantee", "pass", "cashout"]
RING_KIND = {
    "device": "device_farm",
    "ip": "loan_agent",
    "phone": "shared_identity",
    "address": "shared_identity",
    "card": "account_resale",
    "contact": "loan_agent",
    "guarantee": "guarantee_circle",
    "cashout": "cash_out",
}
PASSING_KINDS = ["mule_chain", "transfer_cycle"]


def cast(world: World, count: int, near: bool) -> Ints:
    """People who belong to no ring or group yet, from one street or from anywhere; a full street gives fewer."""
    if near:
        span = 3 * count + 5
        start = world.rng.integers(0, world.people - span)
        chosen = [person for person in range(start, start + span) if not world.used[person]][:count]
    else:
        chosen = []
        while len(chosen) < count:
            person = world.castable[world.cast_so_far]
            world.cast_so_far += 1
            if not world.used[person]:
                chosen.append(person)
    members = np.array(chosen, int)
    world.used[members] = True
    return members


def form_ring(world: World, number: int) -> Ring:
    """Cast a ring and set the days on which it acts."""
    rng = world.rng
    evidence = EVIDENCE[number % len(EVIDENCE)]
    size = int(np.clip(round(rng.lognormal(2, 0.5)), 4, 30))
    members = cast(world, size, near=rng.random() < 0.3)
    centre = rng.uniform(8, 90)
    spread = world.hardness.days * rng.uniform(0.3, 1.2)
    kind = RING_KIND.get(evidence) or str(rng.choice(PASSING_KINDS))
    rng.random()  # drawn and left: a seed keeps its world
    return Ring(number, evidence, kind, members, centre, spread)


def ring_days(world: World, ring: Ring, count: int) -> Ints:
    """Moments at which a ring acts."""
    return ago(ring.centre + world.rng.uniform(-0.5, 0.5, count) * ring.spread).clip(max=NOW - HOUR)


def share_devices(world: World, ring: Ring) -> None:
    """A few phones on which members log in, and sometimes a few addresses as well."""
    rng, size = world.rng, len(ring.members)
    phones = max(1, size // rng.integers(3, 7))
    phone = np.array([f"D{number}" for number in rng.choice(world.people * 5, phones) + 9 * world.people])
    for _ in range(rng.integers(2, 6)):
        seen = kept(world, size)
        device = phone[rng.integers(0, phones, size)]
        ip = world.carrier_ip[rng.integers(0, len(world.carrier_ip), size)]
        add_logins(world, ring.members, (device, ip), ring_days(world, ring, size), usual=(4, 0.5, 10), seen=seen)
    if rng.random() < 0.4:
        share_ips(world, ring)


def share_ips(world: World, ring: Ring) -> None:
    """A few addresses from which members log in, each on an own device."""
    rng, size = world.rng, len(ring.members)
    addresses = np.array([f"45.{rng.integers(255)}.{rng.integers(255)}.{last}" for last in range(1 + size // 8)])
    for _ in range(rng.integers(2, 7)):
        seen = kept(world, size)
        place = world.device[ring.members], addresses[rng.integers(0, len(addresses), size)]
        add_logins(world, ring.members, place, ring_days(world, ring, size), usual=(4.5, 0.8, 10), seen=seen)


def share_papers(world: World, ring: Ring) -> None:
    """A few phones, cards or addresses given by many, and sometimes one false address."""
    rng, size, kind = world.rng, len(ring.members), ring.evidence
    count = max(1, size // rng.integers(3, 6))
    style = "139{ring:05d}{value:03d}" if kind == "phone" else kind + "Z{ring}-{value}"
    values = np.array([style.format(ring=ring.number, value=value) for value in range(count)])
    seen = kept(world, size)
    value = values[rng.integers(0, count, size)][seen]
    add_identifiers(world, ring.members[seen], kind, value, ring_days(world, ring, size)[seen])
    if rng.random() < 0.5:
        seen = kept(world, size) & (rng.random(size) < 0.6)
        value = [f"Fake lane {ring.number}"] * seen.sum()
        add_identifiers(world, ring.members[seen], "address", value, ring_days(world, ring, size)[seen])


def name_the_agent(world: World, ring: Ring) -> None:
    """The first member is everybody's contact."""
    seen = kept(world, len(ring.members))
    seen[0] = False
    agent = [ring.members[0]] * seen.sum()
    world.add("contact", p=ring.members[seen], c=agent, at=ring_days(world, ring, len(seen))[seen])


def guarantee_each_other(world: World, ring: Ring) -> None:
    """Every member guarantees for up to three others."""
    rng, size = world.rng, len(ring.members)
    for one in range(size):
        for other in set(rng.choice(size, min(size - 1, rng.integers(1, 4)), replace=False)) - {one}:
            if rng.random() > world.hardness.missing:
                add_guarantee(world, ring.members[[one, other]], 9, lambda: ring_days(world, ring, 1))


def add_guarantee(world: World, pair: Ints, log_mean: float, moment: Callable[[], Ints]) -> None:
    """One guarantee of the first of a pair for the second."""
    amount = [round(float(world.rng.lognormal(log_mean, 0.4)), 2)]
    world.add("guar", gu=[pair[0]], pe=[pair[1]], amount=amount, at=moment())


def pass_money_on(world: World, ring: Ring) -> None:
    """Money runs through a few members within days and shrinks a little; in a cycle it comes back."""
    rng, size = world.rng, len(ring.members)
    for _ in range(rng.integers(3, 9)):
        order = rng.permutation(size)[: rng.integers(3, min(size, 7) + 1)]
        amount = rng.lognormal(8, 0.8)
        at = int(ring_days(world, ring, 1)[0])
        if ring.kind == "transfer_cycle":
            order = np.r_[order, order[0]]
        for payer, payee in pairwise(order):
            if rng.random() > world.hardness.missing * 0.5:
                pair = world.person_id[ring.members[[payer, payee]]]
                when = np.array([min(at, NOW - 60)])
                add_payments(world, pair[:1], pair[1:], "person person", [round(amount, 2)], when)
            amount *= rng.uniform(0.94, 1)
            at += int(rng.uniform(600, 30 * HOUR))


def cash_out(world: World, ring: Ring) -> None:
    """Members buy at one shop and get most of it back from the shop, or from the boss."""
    rng, size = world.rng, len(ring.members)
    shop, boss = f"M{rng.integers(world.merchants)}", world.person_id[ring.members[0]]
    for _ in range(rng.integers(1, 4)):
        seen = kept(world, size)
        at, amount = ring_days(world, ring, size), yuan(world, 8, 0.5, size)
        add_payments(world, world.person_id[ring.members[seen]], shop, "person merchant", amount[seen], at[seen])
        by_boss = rng.random() < 0.5
        seen[0] = seen[0] and not by_boss
        back = np.round(amount[seen] * rng.uniform(0.88, 0.97), 2)
        later = at[seen] + rng.integers(HOUR // 2, 2 * DAY, seen.sum())
        payer, kinds = (boss, "person person") if by_boss else (shop, "merchant person")
        add_payments(world, payer, world.person_id[ring.members[seen]], kinds, back, later)


TRACES: dict[str, Callable[[World, Ring], None]] = {
    "device": share_devices,
    "ip": share_ips,
    "phone": share_papers,
    "address": share_papers,
    "card": share_papers,
    "contact": name_the_agent,
    "guarantee": guarantee_each_other,
    "pass": pass_money_on,
    "cashout": cash_out,
}


def borrow_and_stop(world: World, ring: Ring) -> None:
    """Members borrow from several lenders; almost half of what is due is not paid."""
    rng = world.rng
    borrower = np.repeat(ring.members, rng.integers(1, 5, len(ring.members)))
    count = len(borrower)
    days = ring.centre - rng.uniform(0, 6, count) - rng.uniform(0, ring.spread, count) * 0.3
    opened = np.minimum(ago(days), NOW - 2 * HOUR)
    stops = rng.random(count) < 0.45
    amount, lender = yuan(world, 8.8, 0.6, count), rng.choice(LENDERS, count)
    late = np.where(stops & (opened < NOW - 35 * DAY), rng.integers(5, 90, count), 0)
    place = at_home(world, borrower, 0.5)
    add_loans(world, borrower, opened, amount, lender, late)
    add_applications(world, borrower, opened, amount, place)


def hide(world: World, ring: Ring) -> None:
    """Members are friends of each other, and of random people, pay these and use their devices."""
    rng, members, size = world.rng, ring.members, len(ring.members)
    pair = rng.integers(0, size, (size, 2))
    pair = pair[pair[:, 0] != pair[:, 1]]
    world.add("friend", a=members[pair[:, 0]], b=members[pair[:, 1]], since=days_ago(world, 5, 200, len(pair)))
    share = world.hardness.camouflage
    links = int(2.5 * size * share / (1 - share))

    def outside(count: int) -> tuple[Ints, Ints]:
        return members[rng.integers(0, size, count)], rng.integers(0, world.people, count)

    one, other = outside(links)
    world.add("friend", a=one, b=other, since=days_ago(world, 5, 200, links))
    one, other = outside(links)
    amount, at = yuan(world, 5, 1, links), days_ago(world, 1, 120, links)
    add_payments(world, world.person_id[one], world.person_id[other], "person person", amount, at)
    one, other = outside(links // 3)
    place = world.device[other], world.home_ip[world.household[other]]
    add_logins(world, one, place, days_ago(world, 1, 150, len(one)))
    if rng.random() < 0.5:
        reported = members[rng.random(size) < 0.4]
        reporter = rng.integers(0, world.people, len(reported))
        world.add("report", r=reporter, p=reported, at=ring_days(world, ring, len(reported)))


def add_rings(world: World) -> None:
    """All rings, one after the other."""
    adults = np.flatnonzero(world.age >= 18)
    world.castable = world.rng.permutation(adults)
    world.used = np.zeros(world.people, bool)
    for number in range(round(world.people * RINGS_PER_PERSON)):
        ring = form_ring(world, number)
        world.rings.append(ring)
        TRACES[ring.evidence](world, ring)
        borrow_and_stop(world, ring)
        hide(world, ring)


# Honest groups


def group_days(world: World, group: Group, count: int, spread: float = 20) -> Ints:
    """Moments around which a group forms."""
    return ago(np.clip(group.centre + world.rng.uniform(-0.5, 0.5, count) * spread, 1, 170))


def log_in_together(world: World, group: Group, times: int, ip: Column, device: Column = None) -> None:
    """All members log in so many times, each on the own device unless another is given."""
    for _ in range(times):
        used = world.device[group.members] if device is None else device
        add_logins(world, group.members, (used, ip), days_ago(world, 1, 170, len(group.members)))


def one_of(world: World, name: str, machines: int, count: int) -> Column:
    """For each of so many people one of a place's machines."""
    return np.array([f"{name}-{number}" for number in world.rng.integers(0, machines, count)], object)


def big_family(world: World, group: Group) -> None:
    """One address, one tablet, one line; a phone that three of them give."""
    size, number = len(group.members), group.number
    add_identifiers(world, group.members, "address", [f"Manor {number}"] * size, days_ago(world, 200, 900, size))
    log_in_together(world, group, 6, group.ip(11), [f"FT{number}"] * size)
    some = group.members[1:4]
    since = days_ago(world, 100, 700, len(some))
    add_identifiers(world, some, "phone", [f"137{number:08d}"] * len(some), since)


def dormitory(world: World, group: Group) -> None:
    """Students of one campus and line, who sometimes all borrow a little at one lender."""
    size = len(group.members)
    world.occupation[group.members] = "student"
    add_identifiers(world, group.members, "address", [f"Campus {group.number}"] * size, group_days(world, group, size))
    log_in_together(world, group, 10, group.ip(12))
    if world.rng.random() < 0.5:
        opened, amount = group_days(world, group, size), yuan(world, 7.2, 0.4, size)
        lend_to_group(world, group.members, opened, amount, "L1", np.zeros(size, int))


def lend_to_group(world: World, person: Ints, opened: Ints, amount: Column, lender: Column, late: Ints) -> None:
    """Lend to members who apply at a branch."""
    add_loans(world, person, opened, amount, lender, late)
    add_applications(world, person, opened, amount, nowhere(len(person)))


def pay_wages(world: World, group: Group) -> None:
    """One employer pays all members for five months."""
    size, payer = len(group.members), f"EMP{group.number % world.employers}"
    for month in range(5):
        wage = yuan(world, 8.5, 0.3, size)
        payday = ago(4 + 30 * month + world.rng.uniform(0, 0.1, size))
        add_payments(world, payer, world.person_id[group.members], "merchant person", wage, payday)


def office(world: World, group: Group) -> None:
    """Colleagues with one employer and one line."""
    pay_wages(world, group)
    log_in_together(world, group, 10, group.ip(13))


def call_centre(world: World, group: Group) -> None:
    """Colleagues who also share computers and the switchboard's number."""
    size = len(group.members)
    pay_wages(world, group)
    for _ in range(10):
        machine = one_of(world, f"CC{group.number}", max(2, size // 3), size)
        log_in_together(world, group, 1, group.ip(13), machine)
    number = [f"0108{group.number:06d}"] * size
    add_identifiers(world, group.members, "phone", number, days_ago(world, 30, 500, size))


def cafe(world: World, group: Group) -> None:
    """Guests of an internet café on its computers."""
    size = len(group.members)
    for _ in range(5):
        machine = one_of(world, f"PC{group.number}", max(2, size // 4), size)
        at = days_ago(world, 1, 170, size)
        add_logins(world, group.members, (machine, group.ip(14)), at, usual=(6, 0.9, 12))


def market(world: World, group: Group) -> None:
    """Stall keepers of one hall who pay each other all day, some on one till."""
    rng, members, size = world.rng, group.members, len(group.members)
    world.occupation[members] = "self_employed"
    add_identifiers(world, members, "address", [f"Market hall {group.number}"] * size, days_ago(world, 100, 900, size))
    payer, payee = rng.integers(0, size, 12 * size), rng.integers(0, size, 12 * size)
    differ = payer != payee
    payer, payee = world.person_id[members[payer[differ]]], world.person_id[members[payee[differ]]]
    amount, at = yuan(world, 6.5, 1, len(payer)), days_ago(world, 0, 150, len(payer))
    add_payments(world, payer, payee, "person person", amount, at)
    for _ in range(4):
        device = [f"POS{group.number}"] * size if rng.random() < 0.4 else world.device[members]
        at = days_ago(world, 1, 170, size)
        add_logins(world, members, (device, group.ip(15)), at, usual=(4, 0.9, 12))


def guarantee_and_borrow(world: World, group: Group) -> None:
    """Every member guarantees for one or two others, borrows at the same lender and pays."""
    rng, size = world.rng, len(group.members)
    for one in range(size):
        for other in set(rng.choice(size, 2, replace=False)) - {one}:
            add_guarantee(world, group.members[[one, other]], 8.8, lambda: days_ago(world, 20, 320, 1))
    opened, amount = days_ago(world, 60, 330, size), yuan(world, 8.8, 0.5, size)
    late = np.where(rng.random(size) < 0.04, 12, 0)
    lend_to_group(world, group.members, opened, amount, f"L{group.number % 5}", late)


def village(world: World, group: Group) -> None:
    """Neighbours who guarantee for each other, on the village's one line."""
    guarantee_and_borrow(world, group)
    log_in_together(world, group, 8, group.ip(16))


def cooperative(world: World, group: Group) -> None:
    """Farmers who guarantee for each other and pay dues to their chair."""
    guarantee_and_borrow(world, group)
    chair, farmers = world.person_id[group.members[0]], world.person_id[group.members[1:]]
    for month in range(5):
        dues = np.round(world.rng.uniform(300, 900, len(farmers)), 2)
        at = ago(2 + 30 * month + world.rng.uniform(0, 2, len(farmers)))
        add_payments(world, farmers, chair, "person person", dues, at)


def chat_together(world: World, group: Group, name: str) -> None:
    """All members join one chat group."""
    chat = [f"{name}{group.number}"] * len(group.members)
    world.add("group", p=group.members, gid=chat, at=group_days(world, group, len(group.members)))


def school(world: World, group: Group) -> None:
    """Parents of one class who all name the teacher as contact."""
    parents = group.members[1:]
    teacher = [group.members[0]] * len(parents)
    world.add("contact", p=parents, c=teacher, at=group_days(world, group, len(parents)))
    chat_together(world, group, "SCH")


def saving_club(world: World, group: Group) -> None:
    """Every month all pay the same to one of them, each in turn."""
    size, ids = len(group.members), world.person_id[group.members]
    for month in range(min(size, 5)):
        others = np.arange(size) != month
        at = ago(3 + 30 * month + world.rng.uniform(0, 3, size - 1))
        add_payments(world, ids[others], ids[month], "person person", 1000.0, at)
    chat_together(world, group, "ROS")


def gig_workers(world: World, group: Group) -> None:
    """Couriers whom one platform pays, who pay it for gear and of whom half borrow."""
    rng, size, ids = world.rng, len(group.members), world.person_id[group.members]
    platform = f"M{rng.integers(world.merchants)}"
    for _ in range(8):
        pay, at = yuan(world, 5.5, 0.6, size), days_ago(world, 0, 140, size)
        add_payments(world, platform, ids, "merchant person", pay, at)
    cost, at = yuan(world, 4.5, 0.6, size), days_ago(world, 0, 140, size)
    add_payments(world, ids, platform, "person merchant", cost, at)
    half = size // 2
    opened, amount = group_days(world, group, half, 10), yuan(world, 7.8, 0.4, half)
    lender = rng.choice(LENDERS, half)
    lend_to_group(world, group.members[:half], opened, amount, lender, np.zeros(half, int))


def second_hand(world: World, group: Group) -> None:
    """One phone that is sold from each to the next."""
    size = len(group.members)
    for position, owner in enumerate(group.members):
        person = [owner] * 4
        at = ago(170 - (position + world.rng.uniform(0, 1, 4)) * 165 / size)
        add_logins(world, person, ([f"SH{group.number}"] * 4, world.home_ip[world.household[person]]), at)


GROUPS: dict[str, Callable[[World, Group], None]] = {
    "bigfamily": big_family,
    "dormitory": dormitory,
    "office": office,
    "cafe": cafe,
    "callcentre": call_centre,
    "market": market,
    "village": village,
    "coop": cooperative,
    "school": school,
    "rosca": saving_club,
    "gig": gig_workers,
    "secondhand": second_hand,
}
SMALL_GROUPS = ("bigfamily", "secondhand")


def add_groups(world: World) -> None:
    """All honest groups, kind after kind; a street with fewer than four free people has none."""
    rng, names = world.rng, list(GROUPS)
    for number in range(int(len(world.rings) * world.hardness.groups_per_ring)):
        kind = names[number % len(names)]
        size = int(rng.integers(5, 9) if kind in SMALL_GROUPS else rng.integers(6, 26))
        members = cast(world, size, near=True)
        if len(members) < 4:
            continue
        group = Group(number, kind, members, rng.uniform(5, 120))
        world.groups.append(group)
        GROUPS[kind](world, group)
        size = len(members)
        one, other = members[rng.integers(0, size, 2 * size)], members[rng.integers(0, size, 2 * size)]
        differ = one != other
        world.add("friend", a=one[differ], b=other[differ], since=days_ago(world, 30, 900, differ.sum()))


def add_labels(world: World) -> None:
    """Label part of the members of two rings in three, and a few honest people; others report at random."""
    rng, people = world.rng, world.people
    world.fresh = set(rng.choice(len(world.rings), len(world.rings) // 3, replace=False))
    for ring in world.rings:
        if ring.number not in world.fresh:
            known = ring.members[rng.random(len(ring.members)) < 0.45]
            world.add("label", p=known, label="fraud", at=np.minimum(days_ago(world, 0, 8, len(known)), NOW))
    members = np.concatenate([ring.members for ring in world.rings])
    honest = np.setdiff1d(np.arange(people), members)
    cleared = rng.choice(honest, people // 100, replace=False)
    world.add("label", p=cleared, label="clean", at=days_ago(world, 0, 90, len(cleared)))
    reported = rng.choice(honest, people // 400, replace=False)
    reporter = rng.integers(0, people, len(reported))
    world.add("report", r=reporter, p=reported, at=days_ago(world, 0, 90, len(reported)))
