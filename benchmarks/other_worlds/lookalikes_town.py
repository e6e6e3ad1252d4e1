"""The town of the world of look-alikes: its rates, people, homes, work, things, friends, and what is noted of them.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

HOUR = 3600
DAY = 24 * HOUR
CHINA = 8
NEVER = 1e18
STREAM = 7919
FIRST_AS_OF = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp())
SALARIED, SELF_EMPLOYED, STUDENT, OTHER = range(4)
CATEGORIES = [
    "grocery",
    "restaurant",
    "electronics",
    "clothing",
    "travel",
    "education",
    "wedding",
    "beauty",
    "wholesale",
]
CATEGORIES += ["decoration", "digital", "pharmacy"]
DATA_CENTRES = 40
OWN_LENDER = 4


class Shop(int):
    """The number of a merchant, so that a payment knows its side from a person."""


class Town:
    """Everybody in the town, whatever they own, and the rows written about them so far."""

    def __init__(self, people: int, seed: int, hardness: str) -> None:
        self.people = people
        self.hard = hardness == "high"
        self.rng = np.random.default_rng([seed, STREAM, int(self.hard)])
        self.as_of = FIRST_AS_OF + self.whole(0, 480) * DAY
        self.days = self.whole(100, 200)
        self.start = self.as_of - self.days * DAY
        self.rates = _rates(self)
        self.merchant_city: list[int] = []
        self.merchant_category: list[str] = []
        self.ip_kinds: list[str] = []
        self.device_list: list[tuple[int, bool]] = []
        self.logins: list[tuple[Any, ...]] = []
        self.payments: list[tuple[Any, ...]] = []
        self.loans: list[tuple[Any, ...]] = []
        self.identifiers: list[tuple[Any, ...]] = []
        self.friendships: list[tuple[Any, ...]] = []
        self.contacts: list[tuple[Any, ...]] = []
        self.guarantees: list[tuple[Any, ...]] = []
        self.memberships: list[tuple[Any, ...]] = []
        self.reports: list[tuple[Any, ...]] = []
        self.chats = 0
        self.values = 0
        _settle(self)
        _employ(self)
        _open_places(self)
        _move_in(self)
        _buy_phones(self)
        _befriend(self)
        self.invited = self.rng.random(people) < 0.15
        self.life_from = np.zeros(people, np.int64)
        self.lender_weight = self.rng.dirichlet(np.full(self.rates.lenders, 1.2))
        self.lender_kind = np.r_[OWN_LENDER, self.rng.choice(4, self.rates.lenders - 1)]

    def uniform(self, low: float, high: float, count: int | None = None) -> Any:
        """A number between two, or an array of them."""
        return self.rng.uniform(low, high, count)

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return bool(self.rng.random() < share)

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def one_of(self, things: Any) -> Any:
        """One of a list, by a whole number."""
        return things[self.whole(0, len(things) - 1)]

    def cue(self, bad: bool) -> bool:
        """Whether a group shows one suspicious habit: most rings do, some honest groups too."""
        return bool(self.rng.random() < (1 - self.rates.noise if bad else self.rates.honest_noise))

    def amount(self, low: float = 800, high: float = 30000) -> float:
        """A sum of money in full hundreds, small ones more often than large ones."""
        return float(np.round(np.exp(self.uniform(np.log(low), np.log(high))), -2))

    def moment(self, low: float, high: float, night: bool = False) -> Any:
        """A moment in a span, at an hour at which people in China are up, or not when it is night work."""
        day = np.floor(self.uniform(low, max(high, low + 1)) / DAY)
        hour = self.uniform(23, 29.5) if night else self.rng.triangular(7, 17, 24)
        return np.clip(day * DAY + (hour - CHINA) * HOUR, low, max(low + 60, high))

    def new_shop(self, city: int, category: str) -> Shop:
        """Open a merchant."""
        self.merchant_city.append(city)
        self.merchant_category.append(category)
        return Shop(len(self.merchant_category) - 1)

    def any_shop(self, city: int) -> Shop:
        """One of a city's shops."""
        return Shop(self.rng.choice(self.shops[city]))

    def new_ip(self, kind: str) -> int:
        """Connect an address."""
        self.ip_kinds.append(kind)
        return len(self.ip_kinds) - 1

    def new_devices(self, count: int, model: int | None = None, emulated: float = 0.004) -> Ints:
        """Make devices, of one model or of the usual ones."""
        models = self.rng.choice(self.models, count, p=self.model_weight) if model is None else np.full(count, model)
        first = len(self.device_list)
        self.device_list.extend(zip(models.tolist(), (self.rng.random(count) < emulated).tolist(), strict=True))
        return np.arange(first, first + count)

    def home_ip(self, person: Any, at: Any) -> Any:
        """The address of people's homes at a moment; it may change once."""
        home = self.household[person]
        return np.where(at < self.ip_changes[home], self.first_ip[home], self.second_ip[home])

    def own_device(self, person: Any, at: Any) -> Any:
        """The phone that people have at a moment."""
        before = (self.old_device[person] >= 0) & (at < self.device_changes[person])
        return np.where(before, self.old_device[person], self.device[person])

    def friends(self, person: int) -> Ints:
        """A person's friends."""
        return self.neighbours[self.first_neighbour[person] : self.first_neighbour[person + 1]]

    def log_in(self, person: int, device: Any, ip: Any, at: Any) -> None:
        """Note a login."""
        self.logins.append((person, device, ip, at))

    def pay(self, payer: int, payee: int, amount: float, at: Any, refunded: float = 0.0) -> None:
        """Note a payment; nobody pays nothing, or themselves."""
        sides = int(isinstance(payer, Shop)), int(isinstance(payee, Shop))
        if amount >= 0.01 and not (sides[0] == sides[1] and payer == payee):
            self.payments.append((payer, sides[0], payee, sides[1], round(float(amount), 2), at, refunded))

    def new_value(self) -> int:
        """A value that no identifier has yet."""
        self.values += 1
        return self.values - 1

    def chat(self, members: list[int], at: float, messages: int) -> None:
        """Open a chat group."""
        for person in members:
            joined = at + self.uniform(0, 20) * DAY
            self.memberships.append((person, self.chats, joined, self.rng.poisson(messages)))
        self.chats += 1

    def befriend(self, members: list[int], share: float, at: float) -> None:
        """Make some of all pairs friends."""
        for position, one in enumerate(members):
            for other in members[:position]:
                if self.chance(share):
                    self.friendships.append((one, other, at + self.uniform(-60, 20) * DAY))

    def registered_before(self, members: list[int], at: float) -> None:
        """Make sure that members have an account by then."""
        for person in members:
            if self.registered[person] > at:
                self.registered[person] = int(at - self.uniform(1, 500) * DAY)


def _rates(town: Town) -> SimpleNamespace:
    """The town's own rates, drawn anew for every seed; a hard town hides its rings better."""
    uniform, hard = town.uniform, town.hard
    return SimpleNamespace(
        rings=max(6, round(town.people / 405 * uniform(0.85, 1.15))),
        groups_per_ring=uniform(3.2, 6.5),
        size=uniform(6.5, 9.5),
        size_sd=uniform(0.35, 0.55),
        noise=uniform(0.30, 0.42) if hard else uniform(0.18, 0.28),  # a ring's habit looks honest
        honest_noise=uniform(0.12, 0.22) if hard else uniform(0.08, 0.15),  # an honest group's looks bad
        missing=uniform(0.27, 0.33) if hard else uniform(0.12, 0.20),
        camouflage=uniform(0.45, 0.55) if hard else uniform(0.28, 0.40),
        second_evidence=uniform(0.30, 0.45) if hard else uniform(0.45, 0.65),
        attached=uniform(0.62, 0.78) if hard else uniform(0.76, 0.90),
        bad_low=uniform(0.15, 0.3),
        bad_high=uniform(0.5, 0.85),
        good_high=uniform(0.05, 0.13),
        lenders=town.whole(14, 36),
        span_high=uniform(60, 120),
        span_low=uniform(3, 14),
        logins=uniform(11, 18),
        transfers=uniform(3.5, 6.5),
        shopping=uniform(5, 9),
        loans=uniform(0.28, 0.42),
        home_address=uniform(0.55, 0.75),
        recycled=uniform(0.02, 0.06),
        second_hand=uniform(0.02, 0.05),
        carrier=uniform(0.25, 0.42),
        thin=uniform(0.06, 0.14),
        occupations=town.rng.dirichlet([55, 16, 12, 17]),
        case_known=town.rng.choice([0, 0.5, 1]),
        fee=uniform(0.08, 0.25),
        proxy=uniform(0.002, 0.01),
        borrowed_phone=uniform(0.0005, 0.002) if hard else uniform(0.0003, 0.001),
        shell_firm=uniform(0.1, 0.25) if hard else uniform(0.05, 0.15),
        loner=uniform(4, 9) if hard else uniform(12, 24),
        friend_recruit=uniform(0.15, 0.45),
        lone_fraud=uniform(0.0005, 0.003),
        stray=uniform(0, 0.04),
        batch=uniform(0.45, 0.85),
    )


def _settle(town: Town) -> None:
    """Draw households, cities, ages, occupations and when people registered."""
    rng, people = town.rng, town.people
    sizes = rng.choice([1, 2, 3, 4, 5, 6], size=people, p=[0.28, 0.27, 0.23, 0.13, 0.06, 0.03])
    town.household = np.repeat(np.arange(people), sizes)[:people]
    town.households = town.household[-1] + 1
    town.home_start = np.searchsorted(town.household, np.arange(town.households))
    town.home_size = np.bincount(town.household, minlength=town.households)
    town.home_place = np.arange(people) - town.home_start[town.household]
    town.cities = max(2, people // town.whole(1800, 4000))
    city_weight = rng.dirichlet(np.full(town.cities, 2.5))
    town.block = np.arange(town.households) // 25
    town.city = rng.choice(town.cities, town.block[-1] + 1, p=city_weight)[town.block][town.household]
    town.by_city = [np.flatnonzero(town.city == city) for city in range(town.cities)]
    base = town.uniform(26, 60, town.households)[town.household]
    partner = base + rng.normal(0, 4, people)
    generation = np.where(base > 45, base - 25, base + 25)
    age = np.where(town.home_place == 0, base, np.where(town.home_place == 1, partner, generation))
    town.age = np.clip(age + rng.normal(0, 1.5, people), 18.2, 82)
    work = rng.choice(4, people, p=town.rates.occupations)
    work[(town.age < 23) & (rng.random(people) < 0.6)] = STUDENT
    grown = (town.age > 27) & (work == STUDENT)
    work[grown] = rng.choice([SALARIED, SELF_EMPLOYED, OTHER], grown.sum(), p=[0.6, 0.2, 0.2])
    work[(town.age > 63) & (rng.random(people) < 0.8)] = OTHER
    town.occupation = work
    lately = rng.random(people) < 0.14
    days = np.where(lately, town.uniform(2, town.days, people), town.uniform(0, 2200, people) + 5)
    town.registered = town.as_of - (days * DAY).astype(np.int64)
    town.thin = rng.random(people) < town.rates.thin
    town.models = town.whole(70, 160)
    weight = 1 / np.arange(1, town.models + 1) ** 0.8
    town.model_weight = weight / weight.sum()


def _employ(town: Town) -> None:
    """Give the salaried of each city an employer with one or two office addresses."""
    town.employer = np.full(town.people, -1)
    town.office_ip: dict[int, list[int]] = {}
    for city, living in enumerate(town.by_city):
        staff = living[town.occupation[living] == SALARIED]
        count = max(1, len(staff) // town.whole(9, 18))
        weight = town.rng.pareto(1.3, count) + 0.2
        employers = np.array([town.new_shop(city, "employer") for _ in range(count)])
        town.employer[staff] = employers[town.rng.choice(count, len(staff), p=weight / weight.sum())]
        for employer in employers:
            town.office_ip[employer] = [town.new_ip("office") for _ in range(1 + town.chance(0.2))]


def _open_places(town: Town) -> None:
    """Open shops in each city and on line, campus and public networks, carriers' gateways and data centres."""
    sizes = [len(living) for living in town.by_city]
    town.shops = [
        np.array([town.new_shop(city, town.one_of(CATEGORIES)) for _ in range(max(8, size // 55))])
        for city, size in enumerate(sizes)
    ]
    town.online_shops = np.array([town.new_shop(-1, "online") for _ in range(30)])
    town.campus_ip = [[town.new_ip("public") for _ in range(3)] for _ in sizes]
    town.public_ip = [[town.new_ip("public") for _ in range(max(3, size // 250))] for size in sizes]
    town.carrier_ip = [[town.new_ip("mobile") for _ in range(max(2, size // 300))] for size in sizes]
    town.proxy_ip = [town.new_ip("datacenter") for _ in range(DATA_CENTRES)]


def _move_in(town: Town) -> None:
    """Give each home an address; many get another on the way, which was anybody's before."""
    homes, first = town.households, len(town.ip_kinds)
    count = int(homes * 1.5)
    town.ip_kinds.extend(["residential"] * count)
    town.first_ip = first + town.rng.permutation(count)[:homes]
    town.second_ip = first + town.rng.integers(0, count, homes)
    changes = town.rng.random(homes) < 0.4
    town.ip_changes = np.where(changes, town.start + town.uniform(0, town.days, homes) * DAY, NEVER)


def _buy_phones(town: Town) -> None:
    """Give everybody a phone; some are changed, some of those go on to others, some homes have a tablet."""
    rng, people = town.rng, town.people
    town.device = town.new_devices(people)
    town.old_device = np.where(rng.random(people) < 0.22, town.new_devices(people), -1)
    when = town.start + town.uniform(0.05, 0.95, people) * town.days * DAY
    town.device_changes = np.where(town.old_device >= 0, when, 0)
    buyers = np.flatnonzero(rng.random(people) < town.rates.second_hand)
    sellers = rng.choice(np.flatnonzero(town.old_device >= 0), len(buyers))
    in_time = town.device_changes[sellers] < town.as_of - 25 * DAY
    for buyer, seller in zip(buyers[in_time], sellers[in_time], strict=True):
        if town.old_device[buyer] < 0:
            town.old_device[buyer] = town.new_devices(1)[0]
        town.device[buyer] = town.old_device[seller]
        town.device_changes[buyer] = town.device_changes[seller] + town.uniform(1, 20) * DAY
    has_tablet = (rng.random(town.households) < 0.10) & (town.home_size > 1)
    town.tablet = np.where(has_tablet, town.new_devices(town.households), -1)


def _befriend(town: Town) -> None:
    """Make friends at home, next door, at work, with the popular of a city, and at random; the thin have few."""
    rng, people = town.rng, town.people
    pairs = []
    for place in range(1, 6):
        some = np.flatnonzero(town.home_place >= place)
        some = some[rng.random(len(some)) < 0.8]
        pairs.append(np.c_[some, some - place])
    one = np.repeat(np.arange(people), rng.poisson(1.6, people))
    pairs.append(np.c_[one, np.clip(one + rng.integers(-60, 61, len(one)), 0, people - 1)])
    pairs.append(_colleagues(town))
    popular = rng.pareto(2.2, people) + 0.3
    for living in town.by_city:
        if len(living) > 2:
            count, weight = int(len(living) * 1.3), popular[living] / popular[living].sum()
            pairs.append(np.c_[rng.choice(living, count), rng.choice(living, count, p=weight)])
    pairs.append(rng.integers(0, people, (people // 3, 2)))
    links = np.vstack(pairs)
    links = links[links[:, 0] != links[:, 1]]
    links = links[~(town.thin[links].any(1) & (rng.random(len(links)) < 0.55))]
    links = links[np.unique(links.min(1) * people + links.max(1), return_index=True)[1]]
    town.links = links
    ends = np.r_[links[:, 0], links[:, 1]]
    town.neighbours = np.r_[links[:, 1], links[:, 0]][np.argsort(ends, kind="stable")]
    town.first_neighbour = np.r_[0, np.cumsum(np.bincount(ends, minlength=people))]


def _colleagues(town: Town) -> Ints:
    """Pairs of people with the same employer."""
    order = np.argsort(town.employer, kind="stable")
    order = order[town.employer[order] >= 0]
    employer = town.employer[order]
    first, size = np.searchsorted(employer, employer), np.bincount(employer)[employer]
    some = np.repeat(np.arange(len(order)), town.rng.poisson(1.5, len(order)))
    other = first[some] + (town.rng.random(len(some)) * size[some]).astype(int)
    return np.c_[order[some], order[other]]
