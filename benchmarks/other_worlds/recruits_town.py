"""The town of the world of recruits: its rates, people, homes, work, crews, devices and addresses, and its sheets.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np

HOUR = 3600
DAY = 24 * HOUR
CHINA = 8 * HOUR
FIRST_AS_OF = 1751328000
STREAM = 90210
PERSON, MERCHANT = 0, 1
SALARIED, SELF_EMPLOYED, STUDENT, OTHER = range(4)
RING_KINDS = ["device_farm", "shared_identity", "loan_agent", "cash_out", "mule_chain", "transfer_cycle"]
RING_KINDS += ["guarantee_circle", "account_resale", "promotion_abuse"]
RING_KIND_WEIGHT = np.array([2.2, 2.6, 2.0, 1.8, 1.6, 1.2, 1.3, 1.0, 0.8]) * 2.5
IP_KINDS = ["residential", "mobile", "office", "public", "datacenter"]
ID_KINDS = ["phone", "card", "address", "national_id", "email"]
CATEGORIES = ["grocery", "food", "clothing", "electronics", "online", "transport", "service", "jewellery", "beauty"]
CATEGORIES += ["travel", "employer", "platform", "wholesale", "school", "phone_shop"]
MODELS = 90
BUSY = [3, 2, 1, 0.6, 0.5, 0.8, 2, 4, 6, 7, 7, 7.5, 9, 7, 6.5, 6.5, 7, 8, 9, 10, 10.5, 10, 8, 5.0]  # by hour in China


class Sheet:
    """A table that grows by columns; a column that is not given takes its usual value."""

    def __init__(self, **usual: Any) -> None:
        self.usual = usual
        self.parts: list[dict[str, Any]] = []

    def add(self, **columns: Any) -> None:
        """Append rows, one value standing for all of them; nothing when a column is empty."""
        if any(np.ndim(values) and len(values) == 0 for values in columns.values()):
            return
        count = max(np.size(values) if np.ndim(values) else 1 for values in columns.values())
        part = {name: np.asarray(columns.get(name, usual)) for name, usual in self.usual.items()}
        self.parts.append({name: np.broadcast_to(values, (count,)) for name, values in part.items()})

    def rows(self) -> dict[str, Any]:
        """All rows so far."""
        joined = {
            name: np.concatenate([part[name] for part in self.parts]) if self.parts else np.array([], type(usual))
            for name, usual in self.usual.items()
        }
        self.parts = [joined] if self.parts else []
        return joined


def members_by_label(label: Any) -> tuple[Any, Any, Any]:
    """People in the order of their label, and where each label starts and how many it has; -1 is no label."""
    some = np.flatnonzero(label >= 0)
    order = some[np.argsort(label[some], kind="stable")]
    size = np.bincount(label[order], minlength=label.max() + 1 if len(label) else 0)
    return order, np.concatenate([[0], np.cumsum(size)[:-1]]), size


class Town:
    """Everybody in the town, whatever they own, and the sheets of what they do."""

    def __init__(self, people: int, seed: int, hardness: str) -> None:
        self.people, self.hard = people, hardness == "high"
        self.everybody = np.arange(people)
        self.rng = np.random.default_rng([seed, 1 if self.hard else 2, STREAM])
        self.end = FIRST_AS_OF + int(self.rng.integers(0, 430)) * DAY + int(self.rng.integers(0, DAY))
        self.days = self.whole(110, 200)
        self.start = self.end - self.days * DAY
        self.rates = _rates(self)
        self.kind_weight = self.rng.dirichlet(RING_KIND_WEIGHT)
        busy = np.array(BUSY) ** self.uniform(0.7, 1.3)
        busy[1:5] *= self.rates.night / 0.04
        self.busy = busy / busy.sum()
        _settle(self)
        _employ(self)
        _register(self)
        _form_crews(self)
        _date_crews(self)
        self.device_models: list[Any] = []
        self.device_emulated: list[Any] = []
        self.devices = 0
        self.ip_kinds: list[Any] = []
        self.merchant_categories: list[Any] = []
        self.merchants = 0
        self.id_counts = dict.fromkeys(ID_KINDS, 0)
        self.chats = 0
        self.honest_groups: list[tuple[str, Any]] = []
        weight = 1 / np.arange(1, MODELS + 1) ** self.uniform(0.7, 1.3)
        self.model_weight = weight / weight.sum()
        _open_sheets(self)
        _connect(self)
        _buy_phones(self)

    def uniform(self, low: Any, high: Any, count: Any = None) -> Any:
        """A number between two, or an array of them."""
        return self.rng.uniform(low, high, count)

    def log_uniform(self, low: float, high: float, count: Any = None) -> Any:
        """The same on a logarithmic scale."""
        return np.exp(self.rng.uniform(np.log(low), np.log(high), count))

    def whole(self, low: int, high: int, count: Any = None) -> Any:
        """A whole number from low to high, both included, or an array of them."""
        return self.rng.integers(low, high + 1, count)

    def coin(self, share: Any, count: Any = None) -> Any:
        """Whether something happens that happens in this share of cases, once or for each of many."""
        return self.rng.random(count) < share

    def some(self, people: Any, share: float) -> Any:
        """A share of these people."""
        return people[self.coin(share, len(people))]

    def those(self, share: Any) -> Any:
        """A share of everybody."""
        return np.flatnonzero(self.coin(share, self.people))

    def times(self, count: int, low: Any, high: Any) -> Any:
        """So many moments in spans, those of more than two days with a day's rhythm in China."""
        low = np.broadcast_to(np.asarray(low, float), count)
        high = np.minimum(np.broadcast_to(np.asarray(high, float), count), self.end - 60)
        at = low + self.rng.random(count) * np.maximum(high - low, 1)
        hour = self.rng.choice(24, count, p=self.busy) + self.rng.random(count)
        daily = np.floor((at + CHINA) / DAY) * DAY - CHINA + hour * HOUR
        daily = np.where(daily > self.end, daily - DAY, daily)
        return np.where(high - low > 2 * DAY, daily, at)

    def any_time(self, count: int) -> Any:
        """So many moments of the whole span."""
        return self.times(count, self.start, self.end)

    def money(self, count: int, log_mean: Any, log_sd: float, round_share: float = 0.3) -> Any:
        """Sums of money, a share of them round."""
        amount = np.exp(self.rng.normal(log_mean, log_sd, count))
        is_round = self.coin(round_share, count)
        step = np.where(amount > 2000, 500, np.where(amount > 300, 100, 10))
        rounded = np.maximum(np.round(amount / step), 1) * step
        return np.maximum(np.round(np.where(is_round, rounded, amount), 2), 0.01)

    def mate(self, label: Any, who: Any) -> Any:
        """Somebody with the same label as each, perhaps the same person."""
        order, start, size = members_by_label(label)
        mine = label[who]
        return order[start[mine] + (self.rng.random(len(who)) * size[mine]).astype(int)]

    def new_devices(self, count: int, model: int | None = None, emulated: float = 0.0) -> Any:
        """Make devices, of one model or of the usual ones."""
        count = int(count)
        usual = self.rng.choice(MODELS, count, p=self.model_weight) if model is None else np.broadcast_to(model, count)
        self.device_models.append(usual)
        self.device_emulated.append(self.coin(emulated, count))
        self.devices += count
        return np.arange(self.devices - count, self.devices)

    def new_ips(self, count: int, kind: str) -> Any:
        """Connect addresses."""
        first = len(self.ip_kinds)
        self.ip_kinds.extend([IP_KINDS.index(kind)] * int(count))
        return np.arange(first, len(self.ip_kinds))

    def new_values(self, kind: str, count: int) -> Any:
        """Values of an identifier that nobody has yet."""
        self.id_counts[kind] += int(count)
        return np.arange(self.id_counts[kind] - int(count), self.id_counts[kind])

    def new_shops(self, count: int, category: Any) -> Any:
        """Open merchants; a category is the name of one or a number for each."""
        category = CATEGORIES.index(category) if isinstance(category, str) else category
        self.merchant_categories.append(np.broadcast_to(category, int(count)))
        self.merchants += int(count)
        return np.arange(self.merchants - int(count), self.merchants)

    def new_shop(self, category: Any) -> int:
        """Open one merchant."""
        return self.new_shops(1, category)[0]

    def home_ip(self, person: Any, at: Any) -> Any:
        """The address of people's homes at a moment."""
        home = self.home[person]
        epoch = self.rates.home_epoch * DAY
        turn = ((np.asarray(at) - self.start + self.ip_offset[home]) / epoch).astype(int)
        return self.home_ips[home, np.clip(turn, 0, self.home_ips.shape[1] - 1)]

    def carrier_ip(self, person: Any) -> Any:
        """The address of the carrier's gateway that people use on the way, mostly the same."""
        usual = self.coin(0.6, len(person))
        pick = np.where(usual, self.usual_gateway[person], self.rng.random(len(person)))
        city = self.city[person]
        return self.first_gateway[city] + (pick * self.gateways[city]).astype(int)

    def own_device(self, person: Any, at: Any) -> Any:
        """The phone that people have at a moment."""
        return np.where(at < self.phone_changed[person], self.old_phone[person], self.phone[person])

    def any_ip(self, person: Any, at: Any) -> Any:
        """Where people are at a moment: at home, on the way, at work, in public, behind a proxy."""
        count, rates = len(person), self.rates
        where = self.rng.random(count)
        ip = np.where(where < rates.place_home, self.home_ip(person, at), self.carrier_ip(person))
        out = where > rates.place_home + rates.place_mobile
        for place, ips in ((self.firm, self.firm_ip), (self.school, self.school_ip)):
            ip = np.where(out & (place[person] >= 0), ips[np.maximum(place[person], 0)], ip)
        public = np.flatnonzero(self.coin(rates.public, count))
        ip[public] = [self.rng.choice(self.public_by_city[city]) for city in self.city[person[public]]]
        hidden = np.flatnonzero(self.coin(rates.vpn, count))
        ip[hidden] = self.rng.choice(self.proxy_ip, len(hidden))
        return ip


def _rates(town: Town) -> SimpleNamespace:
    """The town's own rates, drawn anew for every seed; a hard town hides its rings better."""
    uniform, log_uniform, hard = town.uniform, town.log_uniform, town.hard
    return SimpleNamespace(
        days=town.days,
        cities=town.whole(6, 30),
        city_zipf=uniform(0.6, 1.2),
        hh_mean=uniform(2.2, 3.2),
        kin=uniform(0.15, 0.4),
        salaried=uniform(0.45, 0.6),
        self_emp=uniform(0.12, 0.24),
        student=uniform(0.08, 0.18),
        firm_mu=uniform(1.6, 2.8),
        firm_sd=uniform(0.8, 1.3),
        logins=uniform(7, 13),
        login_disp=uniform(0.8, 2.0),
        phone_change=uniform(0.08, 0.3),
        resale=uniform(0.1, 0.5),
        second_dev=uniform(0.05, 0.25),
        family_dev=uniform(0.04, 0.14),
        nat_size=log_uniform(150, 1500),
        home_epoch=log_uniform(12, 120),
        ip_pool=uniform(1.2, 4.0),
        vpn=uniform(0.003, 0.02),
        public=uniform(0.02, 0.1),
        place_home=uniform(0.3, 0.5),
        place_mobile=uniform(0.25, 0.45),
        addr_listed=uniform(0.6, 0.9),
        office_addr=uniform(0.03, 0.2),
        hukou_addr=uniform(0.05, 0.25),
        dorm_by_room=town.coin(0.5),
        share_phone=uniform(0.03, 0.12),
        share_card=uniform(0.02, 0.09),
        recycled=uniform(0.01, 0.05),
        email=uniform(0.2, 0.6),
        nid=uniform(0.7, 0.97),
        shop=uniform(6, 12),
        p2p=uniform(3, 7),
        refund=uniform(0.01, 0.04),
        renters=uniform(0.1, 0.3),
        friends=uniform(2.0, 4.0),
        borrow=uniform(0.25, 0.5),
        base_default=uniform(0.015, 0.05),
        loans_mean=uniform(0.5, 1.3),
        own_share=uniform(0.3, 0.6),
        new_people=uniform(0.08, 0.25),
        camo=(0.5 if hard else 1 / 3) * uniform(0.95, 1.08),
        missing=(0.30 if hard else 0.15) * uniform(0.93, 1.07),
        rings=uniform(0.9, 1.1) * 0.0025,
        ring_mu=uniform(2.0, 2.4),
        ring_sd=uniform(0.4, 0.65),
        two=uniform(0.2, 0.5),
        sloppy=uniform(0.72, 0.92) if hard else uniform(0.8, 0.96),
        recruit=uniform(0.3, 0.7),
        synth=uniform(0.1, 0.5),
        ring_loans=uniform(0.5, 1.8),
        ring_default=uniform(0.45, 0.9),
        ring_spread=log_uniform(2, 30),
        same_city=uniform(0.4, 0.9),
        bust_recent=uniform(0.1, 0.4),
        organiser_in=uniform(0.6, 0.95),
        fee=uniform(0.005, 0.04),
        hop=log_uniform(0.3, 12),
        cash_fee=uniform(0.01, 0.09),
        payback_self=uniform(0.4, 0.95),
        single=log_uniform(0.002, 0.008),
        single_label=uniform(0.2, 0.5),
        clean=uniform(0.002, 0.009),
        default_label=uniform(0.1, 0.5),
        burst_honest=uniform(0.15, 0.6),
        group_default=uniform(0.02, 0.12),
        night=uniform(0.02, 0.08),
    )


def _settle(town: Town) -> None:
    """Draw households, cities and ages."""
    rng, people, rates = town.rng, town.people, town.rates
    town.cities = int(rates.cities)
    weight = 1 / np.arange(1, town.cities + 1) ** rates.city_zipf
    town.city_weight = weight / weight.sum()
    sizes = np.clip(1 + rng.poisson(rates.hh_mean - 1, people), 1, 7)
    sizes = sizes[: np.searchsorted(np.cumsum(sizes), people) + 1]
    town.home = np.repeat(np.arange(len(sizes)), sizes)[:people][rng.permutation(people)]
    town.homes = len(sizes)
    town.home_city = rng.choice(town.cities, town.homes, p=town.city_weight)
    town.city = town.home_city[town.home]
    order, start, size = members_by_label(town.home)
    place = np.empty(people, int)
    place[order] = np.arange(people) - np.repeat(start, size)
    base = np.clip(rng.gamma(9, 4.4, town.homes), 22, 68)[town.home]
    couple = base + rng.normal(0, 3, people)
    child, parent = base - 25 - rng.normal(0, 3, people), base + 24 + rng.normal(0, 4, people)
    age = np.where(place < 2, couple, np.where(place == 2, child, parent))
    town.age = np.clip(np.where(age < 18, 18 + rng.random(people) * 9, age), 18, 85)


def _employ(town: Town) -> None:
    """Give people work: a firm of their city, or a school and a room in its dormitory."""
    rng, people, rates = town.rng, town.people, town.rates
    shares = [rates.salaried, rates.self_emp, 0, 1 - rates.salaried - rates.self_emp]
    town.occupation = rng.choice(4, people, p=shares)
    town.occupation[(town.age < 25) & town.coin(min(1, rates.student * 3.5), people)] = STUDENT
    town.occupation[(town.age > 62) & town.coin(0.85, people)] = OTHER
    staff = (town.occupation == SALARIED).sum()
    town.firms = max(5, int(staff / np.exp(rates.firm_mu + rates.firm_sd**2 / 2)))
    size = np.minimum(np.exp(rng.normal(rates.firm_mu, rates.firm_sd, town.firms)), 400)
    firm_city = rng.choice(town.cities, town.firms, p=town.city_weight)
    town.firm, town.school, room = (np.full(people, -1) for _ in range(3))
    for city in range(town.cities):
        firms = np.flatnonzero(firm_city == city)
        here = town.city == city
        salaried = np.flatnonzero((town.occupation == SALARIED) & here)
        if len(firms):
            town.firm[salaried] = rng.choice(firms, len(salaried), p=size[firms] / size[firms].sum())
        students = np.flatnonzero((town.occupation == STUDENT) & here & town.coin(0.8, people))
        town.school[students] = city * 3 + town.whole(0, 2, len(students))
        students = rng.permutation(students)
        room[students] = city * people + np.arange(len(students)) // town.whole(4, 8)
    town.room = np.unique(room, return_inverse=True)[1] - 1


def _register(town: Town) -> None:
    """Draw wider families, how active people are, and when they registered."""
    rng, people, homes = town.rng, town.people, town.homes
    has_kin = town.coin(town.rates.kin, homes)
    town.kin = np.where(has_kin, rng.integers(0, max(1, homes // 6), homes), -1)[town.home]
    disperse = town.rates.login_disp
    town.activity = rng.gamma(disperse, 1 / disperse, people) + 0.05
    lately = town.coin(town.rates.new_people, people)
    days = np.where(lately, town.uniform(2, town.days, people), rng.gamma(2.2, 420, people) + 20)
    town.registered = town.end - days * DAY


def _form_crews(town: Town) -> None:
    """Draw who is in which crew: mostly people of one city, as themselves or as bought accounts."""
    rng, people, rates = town.rng, town.people, town.rates
    town.rings = max(4, round(people * rates.rings))
    town.ring_kind = rng.choice(len(RING_KINDS), town.rings, p=town.kind_weight)
    sizes = np.clip(np.exp(rng.normal(rates.ring_mu, rates.ring_sd, town.rings)).round(), 4, 35).astype(int)
    town.ring_sizes = sizes
    town.ring, town.role = np.full(people, -1), np.full(people, "", "U10")
    town.bought = np.zeros(people, bool)
    town.crews: list[Any] = []
    free = []
    for city in range(town.cities):
        fit = (town.city == city) & (town.age < 62) & town.coin(np.where(town.age > 50, 0.4, 1.0), people)
        free.append(rng.permutation(np.flatnonzero(fit)).tolist())
    for number, size in enumerate(sizes):
        home_city = rng.choice(town.cities, p=town.city_weight)
        same, members = rates.same_city * town.uniform(0.7, 1.1), []
        while len(members) < size:
            at_home = rng.random() < same and free[home_city]
            city = home_city if at_home else rng.choice(town.cities, p=town.city_weight)
            if free[city]:
                members.append(free[city].pop())
        crew = np.array(members)
        town.ring[crew] = number
        town.crews.append(crew)
        bought = town.coin(np.clip(1 - rates.recruit + rng.normal(0, 0.2), 0, 1), size)
        town.bought[crew] = bought
        town.role[crew] = np.where(bought, "member", "recruit")


def _date_crews(town: Town) -> None:
    """Draw when crews act; bought accounts are new, and some are of made-up people who live with nobody."""
    rates, count = town.rates, town.rings
    bought = np.flatnonzero(town.bought)
    town.activity[bought] *= town.uniform(0.2, 0.8, len(bought))
    town.ring_end = town.end - town.uniform(3, town.days - 12, count) * DAY
    spread = rates.ring_spread * town.log_uniform(0.4, 2.5, count) * DAY
    town.ring_spread = np.minimum(spread, (town.ring_end - town.start) * 0.8)
    recent = town.coin(rates.bust_recent, count)
    town.ring_end[recent] = town.end - town.uniform(1, 15, recent.sum()) * DAY
    begin = (town.ring_end - town.ring_spread)[town.ring]
    aged = town.some(bought, 0.6)
    opened = begin[aged] - town.log_uniform(1, 300, len(aged)) * DAY
    town.registered[aged] = np.minimum(town.registered[aged], opened)
    young = town.some(bought, 0.35)
    town.registered[young] = begin[young] - town.log_uniform(1, 90, len(young)) * DAY
    made_up = town.some(bought, rates.synth)
    town.home[made_up] = town.homes + np.arange(len(made_up))
    town.home_city = np.concatenate([town.home_city, town.city[made_up]])
    town.homes += len(made_up)
    town.kin[made_up] = -1
    town.firm[town.some(made_up, 0.7)] = -1
    town.honest = town.ring < 0
    alone = town.honest & town.coin(rates.single / 0.7, town.people) & town.coin(0.7, town.people)
    town.crooks = np.flatnonzero(alone)
    town.alone = alone


def _open_sheets(town: Town) -> None:
    """Open the sheets, all empty."""
    unknown = np.nan
    town.logins = Sheet(person=0, device=0, ip=-1, at=0.0)
    town.payments = Sheet(payer=0, payer_kind=0, payee=0, payee_kind=0, amount=0.0, at=0.0, refunded=unknown)
    town.identifiers = Sheet(person=0, kind=0, value=0, since=unknown, until=unknown)
    town.friendships = Sheet(person=0, friend=0, at=0.0)
    town.memberships = Sheet(person=0, chat=0, at=0.0, messages=0)
    town.contacts = Sheet(person=0, contact=0, at=0.0)
    town.guarantees = Sheet(guarantor=0, person=0, amount=0.0, at=0.0)
    town.reports = Sheet(reporter=0, person=0, at=0.0)
    town.loans = Sheet(
        person=0, at=0.0, lender=0, amount=0.0, months=0, unpaid=False, stops=0, device=-1, ip=-1, payer=-1
    )


def _connect(town: Town) -> None:
    """Give homes, carriers, firms, schools and public places their addresses; those of homes change."""
    rng, people, rates = town.rng, town.people, town.rates
    turns = int(np.ceil((town.days * DAY) / (rates.home_epoch * DAY)) + 1)
    homes_of = [np.flatnonzero(town.home_city == city) for city in range(town.cities)]
    pools = [town.new_ips(max(3, int(rates.ip_pool * max(1, len(homes)))), "residential") for homes in homes_of]
    town.home_ips = np.empty((town.homes, turns), int)
    town.ip_offset = town.uniform(0, rates.home_epoch * DAY, town.homes)
    for homes, pool in zip(homes_of, pools, strict=True):
        town.home_ips[homes] = rng.choice(pool, (len(homes), turns))
    still = town.coin(0.3, town.homes)
    town.home_ips[still] = town.home_ips[still][:, :1]
    living = [(town.city == city).sum() for city in range(town.cities)]
    gateways = [town.new_ips(max(1, int(np.ceil(count / rates.nat_size))), "mobile") for count in living]
    town.first_gateway = np.array([ips[0] for ips in gateways])
    town.gateways = np.array([len(ips) for ips in gateways])
    town.usual_gateway = rng.random(people)
    town.firm_ip = town.new_ips(town.firms, "office")
    town.school_ip = town.new_ips(town.cities * 3, "public")
    town.public_ip = town.new_ips(max(4, people // town.whole(150, 600)), "public")
    town.proxy_ip = town.new_ips(max(3, people // 3000), "datacenter")
    where = rng.choice(town.cities, len(town.public_ip), p=town.city_weight)
    town.public_by_city = [
        town.public_ip[where == city] if (where == city).any() else town.public_ip[:1] for city in range(town.cities)
    ]


def _buy_phones(town: Town) -> None:
    """Give everybody a phone; some are changed and the old ones sold, some people and homes have another device."""
    rng, people, rates = town.rng, town.people, town.rates
    town.phone = town.new_devices(people)
    town.old_phone = town.new_devices(people)
    changed = town.coin(rates.phone_change, people)
    when = town.uniform(town.start, town.end, people)
    town.phone_changed = np.where(changed, when, town.start - 1.0)
    town.sellers = np.flatnonzero((town.phone_changed > town.start) & town.coin(rates.resale, people))
    rng.permutation(town.sellers)  # drawn and left: a seed keeps its world
    at_home = town.coin(0.5, len(town.sellers))
    relative = town.mate(town.home, town.sellers)
    town.buyers = np.where(at_home, relative, rng.integers(0, people, len(town.sellers)))
    town.second_device = np.full(people, -1)
    some = town.those(rates.second_dev)
    town.second_device[some] = town.new_devices(len(some))
    town.family_device = np.full(town.homes, -1)
    some = np.flatnonzero(town.coin(rates.family_dev * 2, town.homes))
    town.family_device[some] = town.new_devices(len(some))
