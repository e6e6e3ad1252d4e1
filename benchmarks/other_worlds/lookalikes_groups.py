"""A group in the world of look-alikes, ring or honest: its members, and the traces and payments that it can leave.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from lookalikes_town import DATA_CENTRES, DAY, HOUR, Town

Loaned = list[tuple[int, Any, float]]


@dataclass(frozen=True)
class Phones:
    """Devices to share: how many, of which model, and how likely each is an emulator."""

    count: int
    model: int | None = None
    emulated: float = 0.0


class Group:
    """A ring or an honest group: its members, head and core, and the span in which it acts."""

    def __init__(self, town: Town, members: Any, bad: bool, kind: str) -> None:
        self.town, self.bad, self.kind = town, bad, kind
        self.members = [int(person) for person in members]
        self.size = len(self.members)
        self.head = self.members[0]
        self.core = self.members[: max(2, int(self.size * town.uniform(0.3, 0.6)))]
        self.evidence: set[str] = set()
        self.roles = dict.fromkeys(self.members, "member")
        self.roles[self.head] = "organiser"
        high = town.rates.span_high * (1 if bad else 1.3)
        span = np.exp(town.uniform(np.log(town.rates.span_low), np.log(high))) * DAY
        span = min(span, (town.days - 12) * DAY)
        recent = town.chance(0.55)
        days = town.uniform(0, 40) if recent else town.uniform(0, max(1, town.days - 10 - span / DAY))
        self.end = town.as_of - days * DAY
        self.start = max(town.start + DAY, self.end - span)
        self.city = int(town.city[self.head])
        town.registered_before(self.members, self.start)

    def some(self, share: float | None = None) -> list[int]:
        """The members who leave a trace; all when fewer than two would."""
        share = self.town.rates.attached if share is None else share
        chosen = [person for person in self.members if self.town.chance(share)]
        return chosen if len(chosen) >= min(2, self.size) else self.members[:]

    def moment(self, night: bool = False) -> Any:
        """A moment at which the group acts."""
        return self.town.moment(self.start, self.end, night)

    def cue(self) -> bool:
        """Whether the group shows one suspicious habit."""
        return self.town.cue(self.bad)

    def between(self, ring: tuple[float, float], honest: tuple[float, float]) -> float:
        """A number from the ring's span, or from the honest group's."""
        return self.town.uniform(*(ring if self.bad else honest))

    def home(self) -> list[int]:
        """The address of the head's home."""
        return [int(self.town.home_ip(self.head, self.start))]

    def others(self) -> list[int]:
        """All members but the head."""
        return self.members[1:]

    def call_others(self, role: str) -> None:
        """Give all members but the head a role."""
        for person in self.others():
            self.roles[person] = role

    def two(self) -> Any:
        """Two different members."""
        return self.town.rng.choice(self.members, 2, replace=False)

    def share_devices(
        self,
        phones: Phones,
        batch: bool,
        times: tuple[int, int] = (2, 6),
        ips: list[int] | None = None,
        who: list[int] | None = None,
    ) -> Any:
        """Members log in on shared devices, one after the other in a batch or each at their own time."""
        town, rng = self.town, self.town.rng
        devices = town.new_devices(phones.count, phones.model, phones.emulated)
        ips, who = ips or self.home(), who or self.some()
        self.evidence.add("device")
        mine = {p: rng.choice(devices, size=min(phones.count, 1 + town.chance(0.3)), replace=False) for p in who}
        if not batch:
            for person in who:
                for _ in range(town.whole(*times)):
                    town.log_in(person, rng.choice(mine[person]), town.one_of(ips), self.moment())
            return devices
        for _ in range(town.whole(*times)):
            at = self.moment(night=town.chance(0.3))
            ip = town.one_of(ips)
            for person in rng.permutation(who):
                if town.chance(0.65):
                    at += town.uniform(60, 900)
                    town.log_in(person, rng.choice(mine[person]), ip, at)
        return devices

    def share_ips(
        self, ips: list[int], batch: bool, times: tuple[int, int] = (2, 5), who: list[int] | None = None
    ) -> None:
        """Members log in from shared addresses, each on their own device."""
        town = self.town
        self.evidence.add("ip")
        who = who or self.some()
        together = self.moment(night=town.chance(0.25))
        for person in who:
            for _ in range(town.whole(*times)):
                at = together + town.uniform(0, 7200) if batch and town.chance(0.6) else self.moment()
                town.log_in(person, int(town.own_device(person, at)), town.one_of(ips), at)

    def share_papers(self, kind: str, who: list[int] | None = None, cover: float = 0.6) -> None:
        """Members give shared values; values overlap by one member, which makes a chain and not a clique."""
        town = self.town
        who = who or self.some()
        self.evidence.add(kind)
        rest, anchor = list(who), []
        while rest:
            part = rest[: max(2, int(len(who) * town.uniform(cover * 0.5, cover)))]
            rest = rest[len(part) :]
            value = town.new_value()
            for person in part + anchor:
                town.identifiers.append((person, kind, value, self.start - town.uniform(0, 60) * DAY, 0))
            anchor = [part[-1]]

    def name_contacts(self, who: list[int] | None = None) -> None:
        """Members name the head, or a second one, as their contact."""
        town = self.town
        self.evidence.add("contact")
        named = [self.head] + (self.core[1:2] if town.chance(0.4) else [])
        for person in who or self.some():
            contact = town.one_of(named)
            if person != contact:
                town.contacts.append((person, contact, self.moment()))

    def borrow(
        self,
        share: float,
        many: bool | None = None,
        at: tuple[Any, list[int], float] | None = None,
        who: list[int] | None = None,
    ) -> Loaned:
        """Members borrow; many lenders, unpaid debt and a burst are the cues of a ring.

        `at` are devices and addresses of an agent, and the share of loans applied for there.
        """
        town, rng, rates = self.town, self.town.rng, self.town.rates
        many = self.cue() if many is None else many
        bad, burst = self.cue(), self.cue()
        main = rng.choice(rates.lenders, p=town.lender_weight)
        unpaid = town.uniform(rates.bad_low, rates.bad_high) if bad else town.uniform(0.01, rates.good_high)
        begin = self.start + (self.end - self.start) * town.uniform(0, 0.5)
        last = begin + max(1.5 * DAY, (self.end - self.start) * (0.12 if burst else 0.8))
        given: Loaned = []
        for person in who or self.members:
            if not town.chance(share):
                continue
            for lender in self._lenders(many, main):
                moment, amount = town.moment(begin, min(last, town.as_of - DAY)), town.amount()
                device, ip = -1, -1
                if at and town.chance(at[2]):
                    device, ip = rng.choice(at[0]), rng.choice(at[1])
                    town.log_in(person, device, ip, moment - town.uniform(60, 1500))
                town.loans.append((person, lender, moment, amount, town.chance(unpaid), device, ip))
                given.append((person, moment, amount))
        return given

    def _lenders(self, many: bool, main: int) -> set[int]:
        """The lenders of one member."""
        town, rng, lenders = self.town, self.town.rng, self.town.rates.lenders
        count = 1 + rng.poisson(1.3) if many else 1 + town.chance(0.22)
        if many:
            chosen = rng.choice(lenders, size=min(count, lenders), replace=False, p=town.lender_weight)
        else:
            chosen = [main, rng.choice(lenders, p=town.lender_weight)][:count]
        return {int(lender) for lender in chosen}

    def pay_up(self, given: Loaned, part: float, to: int | None = None, share: float = 0.75, fast: bool = True) -> None:
        """Borrowers pay part of their loans to the head, or to one of the core."""
        town = self.town
        for person, at, amount in given:
            taker = to
            if taker is None:
                taker = self.head if town.chance(0.7) else town.one_of(self.core)
            if person != taker and town.chance(share):
                sum_paid = amount * part * town.uniform(0.85, 1.1)
                wait = town.uniform(0.3, 30) if fast else town.uniform(24, 400)
                town.pay(person, taker, sum_paid, at + wait * HOUR)

    def hide(self) -> None:
        """Members befriend, pay, name and visit people at random of their own city."""
        town, rng = self.town, self.town.rng
        share = town.rates.camouflage
        for _ in range(round(2.2 * self.size * share / (1 - share) * town.uniform(0.7, 1.3))):
            person = town.one_of(self.members)
            city = town.city[person]
            other = int(town.one_of(town.by_city[city]))
            way = rng.random()
            at = town.moment(max(self.start - 30 * DAY, town.start), self.end)
            if way < 0.3:
                town.friendships.append((person, other, at))
            elif way < 0.6:
                payer, payee = (person, other) if town.chance(0.5) else (other, person)
                town.pay(payer, payee, np.exp(rng.normal(4.6, 1.1)), at)
            elif way < 0.7:
                town.contacts.append((person, other, at))
            elif way < 0.93:
                town.log_in(person, int(town.own_device(person, at)), town.one_of(town.public_ip[city]), at)
            else:  # borrows a phone at somebody's home
                town.log_in(person, int(town.device[other]), int(town.home_ip(other, at)), at)

    def live(self) -> None:
        """Leave what any group leaves beside its purpose: weak second evidence, a chat, friends, reports."""
        town = self.town
        if town.chance(town.rates.second_evidence):
            self._second_evidence()
        if town.chance(0.55):
            members = self.some(0.8)
            town.chat(members, self.start - 20 * DAY, town.whole(2, 25))
        if self.bad and town.chance(town.rates.shell_firm):
            self._pay_wages()
        town.befriend(self.members, town.uniform(0.02, 0.25), self.start)
        for person in self.members:
            if town.chance(0.05 if self.bad else 0.02):
                reporter = int(town.rng.choice(town.by_city[town.city[person]]))
                town.reports.append((reporter, person, self.moment()))

    def _second_evidence(self) -> None:
        """Some members share something else as well."""
        town = self.town
        way = town.whole(0, 3)
        who = self.some(town.uniform(0.3, 0.6))
        if way == 0:
            self.share_ips(self.home(), False, (1, 3), who)
        elif way == 1:
            self.name_contacts(who)
        elif way == 2:
            kind = town.one_of(["address", "phone", "card", "email"])
            self.share_papers(kind, who[: max(2, len(who) // 2)])
        else:
            self.share_devices(Phones(1), False, (1, 2), who=who[:3])

    def _pay_wages(self) -> None:
        """A shell firm plays employer."""
        town = self.town
        firm, wage = town.new_shop(self.city, "employer"), town.amount(2500, 7000)
        for month in range(town.whole(1, 3)):
            for person in self.some(0.8):
                paid = wage * town.uniform(0.9, 1.1)
                town.pay(
                    firm, person, paid, min(town.as_of - DAY, self.start + (month * 30 + town.uniform(0, 1)) * DAY)
                )

    def open_accounts(self, burst: bool, share: float = 0.8) -> None:
        """Members open their accounts for the purpose, or in the season."""
        town = self.town
        span = town.uniform(2, 12) if burst else town.uniform(40, 150)
        first = self.start - town.uniform(1, span) * DAY
        for person in self.others():
            if town.chance(share):
                opened = max(town.start - 200 * DAY, min(self.start, first + town.uniform(0, span) * DAY))
                town.registered[person] = int(opened - town.uniform(0, DAY))
                town.invited[person] = town.chance(0.55)

    def base_ips(self) -> list[int]:
        """Where a head works from: home, a data centre, or a few lines."""
        town = self.town
        if town.chance(0.5):
            return self.home()
        if town.chance(0.3):
            return [town.proxy_ip[town.whole(0, DATA_CENTRES - 1)]]
        return [town.new_ip("residential") for _ in range(town.whole(1, 3))]

    def office_ips(self) -> list[int]:
        """The addresses of the head's employer, or the head's home."""
        employer = self.town.employer[self.head]
        return self.town.office_ip[employer] if employer >= 0 else self.home()
