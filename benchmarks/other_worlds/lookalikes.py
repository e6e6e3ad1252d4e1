"""A labelled world in which every kind of ring has an honest look-alike, to test a ring detector on.

It stands alone: it imports nothing of graphfraud and was written knowing the tables that the project reads, but
neither the project's own generator nor its method. Rings found here are not found because both share a habit.

Its people live in homes and cities, work, shop, lend to friends, change phones and borrow. A ring and its honest twin
(a device farm and an internet café, a cash-out and a shop's returns, mules and a sales force, ...) come out of the
**same mechanism**; they differ in a few habits only: many lenders, unpaid debt, a burst, money paid to the head, speed,
night. Each habit is drawn for each group and is noisy: some rings look honest, some honest groups look bad, and more
so in a hard world. Every rate is drawn anew for every seed.

    python benchmarks/other_worlds/lookalikes.py OUT 20000 1 medium

The same people, seed and hardness give the same tables, byte for byte. The town is in lookalikes_town, groups and
their mechanisms are in lookalikes_groups and lookalikes_mechanisms, ordinary life is in lookalikes_life, and the
written tables are in lookalikes_tables.
"""

from typing import Any

import numpy as np
from command import asked
from lookalikes_groups import Group
from lookalikes_life import live
from lookalikes_mechanisms import MECHANISMS
from lookalikes_tables import write_world
from lookalikes_town import DAY, SELF_EMPLOYED, STUDENT, Town

# kind of honest group: the ring's mechanism that it shares, and whom its members are drawn from
TWINS = {
    "corporate_phones": ("device_farm", "colleagues"),
    "shift_devices": ("device_farm", "colleagues"),
    "live_studio": ("device_farm", "colleagues"),
    "elder_helper": ("device_farm", "old"),
    "internet_cafe": ("device_farm", "near"),
    "big_family": ("shared_identity", "family"),
    "migrant_dorm": ("shared_identity", "colleagues"),
    "student_room": ("shared_identity", "students"),
    "relatives_phone": ("shared_identity", "family"),
    "dealership_desk": ("loan_agent", "city"),
    "village_agent": ("loan_agent", "near"),
    "credit_broker": ("loan_agent", "city"),
    "cancelled_booking": ("cash_out", "city"),
    "stall_returns": ("cash_out", "self_employed"),
    "consignment": ("cash_out", "self_employed"),
    "expense_claims": ("cash_out", "colleagues"),
    "sales_reps": ("mule_chain", "self_employed"),
    "foreman_payroll": ("mule_chain", "near"),
    "group_buy": ("mule_chain", "near"),
    "sublet_rent": ("mule_chain", "city"),
    "family_remittance": ("mule_chain", "family"),
    "rosca": ("transfer_cycle", "near"),
    "friends_table": ("transfer_cycle", "friends"),
    "trade_circle": ("transfer_cycle", "self_employed"),
    "joint_liability": ("guarantee_circle", "near"),
    "clan_guarantee": ("guarantee_circle", "family"),
    "guild_guarantee": ("guarantee_circle", "self_employed"),
    "setup_shop": ("account_resale", "city"),
    "hr_onboarding": ("account_resale", "colleagues"),
    "shop_opening": ("promotion_abuse", "near"),
    "freshers_fair": ("promotion_abuse", "students"),
    "deal_leader": ("promotion_abuse", "friends"),
}
KIND_WEIGHT = np.array([1.4, 1.5, 1.1, 1, 1, 0.8, 1, 1.1, 1]) * 14
UNKNOWN_SHARE = 0.04
TRIES = 30


class Casting:
    """Who is still free, and how the members of rings and honest groups are chosen."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.used = np.zeros(town.people, bool)
        self.new = town.registered > town.as_of - town.days * DAY
        staff = np.bincount(town.employer[town.employer >= 0])
        self.employers = np.flatnonzero(staff >= 4)
        self.employer_weight = staff[self.employers] / staff[self.employers].sum()
        self.by_employer = np.argsort(town.employer, kind="stable")
        self.first_of = np.searchsorted(town.employer[self.by_employer], np.arange(len(staff) + 1))
        self.city_weight = np.array([len(living) for living in town.by_city]) / town.people
        self.pools = {
            "self_employed": [living[town.occupation[living] == SELF_EMPLOYED] for living in town.by_city],
            "students": [living[town.occupation[living] == STUDENT] for living in town.by_city],
            "old": [living[town.age[living] > 58] for living in town.by_city],
            "city": town.by_city,
        }

    def size(self) -> int:
        """How many members a group has."""
        rates = self.town.rates
        size = np.exp(self.town.rng.normal(np.log(rates.size) - 0.1, rates.size_sd))
        return int(np.clip(np.round(size), 4, 32))

    def staff(self, employer: int) -> Any:
        """Everybody at an employer."""
        return self.by_employer[self.first_of[employer] : self.first_of[employer + 1]]

    def pool(self, size: int, whom: str) -> Any:
        """The people of one place from whom an honest group is drawn."""
        town, rng = self.town, self.town.rng
        if whom == "colleagues":
            return self.staff(rng.choice(self.employers, p=self.employer_weight))
        if whom in self.pools:
            return self.pools[whom][rng.choice(town.cities, p=self.city_weight)]
        person = town.whole(0, town.people - 1)
        if whom == "near":
            return np.arange(max(0, person - 150), min(town.people, person + 150))
        if whom == "family":
            home = town.household[person]
            start = town.home_start[home]
            return np.arange(start, min(town.people, start + max(town.home_size[home], size + 1)))
        friends = town.friends(person)
        theirs = [town.friends(friend)[:6] for friend in friends[:8]]
        return np.unique(np.r_[[person], friends, *theirs]).astype(int)

    def honest(self, size: int, whom: str) -> Any:
        """The members of an honest group; none when no place has enough free people."""
        town, rng = self.town, self.town.rng
        for _ in range(TRIES):
            pool = self.pool(size, whom)
            pool = pool[~self.used[pool]]
            if len(pool) < min(size, 4):
                continue
            if whom != "family":
                loner = town.rates.loner / 2 if whom in ("colleagues", "students", "city") else 1
                weight = np.where(town.home_size[town.household[pool]] == 1, loner, 1.0)
                pool = rng.choice(pool, size=min(size, len(pool)), replace=False, p=weight / weight.sum())
            members = rng.permutation(pool[:size])
            return self._with_helper(members) if whom == "old" else members
        return None

    def _with_helper(self, old: Any) -> Any:
        """Old people, and a young helper of their city as the head."""
        town = self.town
        young = town.by_city[town.city[old[0]]]
        young = young[(town.age[young] < 40) & ~self.used[young]]
        return np.r_[town.rng.choice(young), old] if len(young) else old

    def ring(self, size: int, kind: str) -> Any:
        """The members of a ring: friends of the head, and people hired in town, on line or at work."""
        town, rng = self.town, self.town.rng
        living = town.by_city[rng.choice(town.cities, p=self.city_weight)]
        pool = living[~self.used[living]]
        if len(pool) < size + 2:
            pool = np.flatnonzero(~self.used)
        head = rng.choice(pool)
        members, friends, way = [head], rng.permutation(town.friends(head)), rng.random()
        for friend in friends:
            if len(members) < size and not self.used[friend] and town.chance(town.rates.friend_recruit):
                members.append(friend)
        pool, weight = self._hired(pool, head, size, kind, way)
        if kind not in ("mule_chain", "transfer_cycle", "guarantee_circle", "cash_out"):
            weight = weight * np.where(town.home_size[town.household[pool]] == 1, town.rates.loner, 1)
        hired = rng.choice(pool, size=min(len(pool), 2 * size), replace=False, p=weight / weight.sum())
        for person in hired:
            if len(members) < size and person not in members:
                members.append(person)
        return np.array(members)

    def _hired(self, pool: Any, head: int, size: int, kind: str, way: float) -> tuple[Any, Any]:
        """From whom a ring hires, and whom it prefers."""
        town = self.town
        if way < 0.25:  # on line, all over the country
            free = np.flatnonzero(~self.used)
            return free, np.ones(len(free))
        if way < 0.25 + (0.12 if town.hard else 0.06) and town.employer[head] >= 0:
            staff = self.staff(town.employer[head])
            staff = staff[~self.used[staff]]
            if len(staff) >= size:
                return staff, np.ones(len(staff))
        if kind in ("device_farm", "account_resale", "promotion_abuse"):
            weight = np.where(self.new[pool], 3.0, 1.0) * np.where(town.age[pool] < 40, 1.5, 1)
            return pool, weight * np.where(town.thin[pool], 1.8, 1)
        return pool, np.where(town.age[pool] < 45, 1.3, 1)


def add_rings(casting: Casting, weight: Any) -> list[Group]:
    """All rings, of kinds drawn by weight."""
    town, rings = casting.town, []
    for kind in town.rng.choice(list(MECHANISMS), town.rates.rings, p=weight):
        members = casting.ring(casting.size() + (2 if kind == "unknown" else 0), kind)
        casting.used[members] = True
        ring = Group(town, members, True, str(kind))
        MECHANISMS[kind](ring, "ring")
        ring.live()
        ring.hide()
        rings.append(ring)
    return rings


def add_groups(casting: Casting, kind_weight: Any) -> list[Group]:
    """All honest groups: half as kinds happen to come, half in proportion to the rings that they look like."""
    town, rng, groups = casting.town, casting.town.rng, []
    fraud = casting.used.copy()
    count = int(town.rates.rings * town.rates.groups_per_ring)
    family = rng.dirichlet(np.full(len(TWINS), 6.0)) + 0.008
    kinds, mechanisms = list(MECHANISMS), [mechanism for mechanism, _ in TWINS.values()]
    twin = np.array([kind_weight[kinds.index(name)] / mechanisms.count(name) for name in mechanisms])
    weight = family / family.sum() * 0.5 + twin / twin.sum() * 0.5
    for kind in rng.choice(list(TWINS), count, p=weight):
        mechanism, whom = TWINS[kind]
        if town.chance(town.rates.stray):  # a bad one lives among honest people too
            casting.used[rng.choice(np.flatnonzero(fraud), 5)] = False
        members = casting.honest(casting.size(), whom)
        casting.used |= fraud
        if members is None or len(members) < 3:
            continue
        casting.used[members] = True
        group = Group(town, members, False, str(kind))
        MECHANISMS[mechanism](group, str(kind))
        group.live()
        if town.chance(0.5):
            group.hide()
        groups.append(group)
    return groups


def main() -> None:
    """Write a world as told on the command line."""
    given = asked("Write a labelled world of rings and their honest look-alikes.")
    town = Town(given.people, given.seed, given.hardness)
    casting = Casting(town)
    weight = np.r_[town.rng.dirichlet(KIND_WEIGHT) * (1 - UNKNOWN_SHARE), UNKNOWN_SHARE]
    weight[:-1] = np.maximum(weight[:-1], 0.06)
    weight /= weight.sum()
    rings = add_rings(casting, weight)
    fraud = casting.used.copy()
    groups = add_groups(casting, weight)
    write_world(given.out, town, live(town), (rings, groups, fraud))
    print(f"{given.out}: {town.people} people, {len(rings)} rings, {len(groups)} honest groups")


if __name__ == "__main__":
    main()
