"""The ground that candidates and terms stand on: sessions, flows, returns, promises, each made once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graphfraud.rings.acts import Acts, acts, meetings, papers
from graphfraud.rings.agents import Clients, agents
from graphfraud.rings.flows import Flows, flows
from graphfraud.rings.groups import ByPerson, Flags, Floats, Ints, Rows
from graphfraud.rings.middlemen import Middlemen, middlemen
from graphfraud.rings.pairs import LOOSE, acquainted, paired, tied
from graphfraud.rings.promises import Promises, promises
from graphfraud.rings.returns import Returns, returns
from graphfraud.rings.seeds import belief, ties
from graphfraud.rings.wages import Wages, wages
from graphfraud.schema import LABELS, Entity
from graphfraud.settings import DAY_US, Settings
from graphfraud.snapshot.borrowing import Loans, current_loans
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import Links
from graphfraud.snapshot.sharing import Uses, users_of, uses

NOTHING = -1


@dataclass(frozen=True, eq=False)
class Sessions:
    """Logins and applications in the window, in time order; a hub (a device or address of many) reads as nothing.

    ``seconds`` is the length of a login and NaN for an application.
    """

    person: npt.NDArray[np.int32]
    device: npt.NDArray[np.int32]
    ip: npt.NDArray[np.int32]
    at: Rows
    seconds: Floats
    applied: Flags


@dataclass(frozen=True, eq=False)
class Ground:
    """What one snapshot says, ready to be asked about any group."""

    snapshot: Snapshot
    shared: Uses
    linked: Links
    settings: Settings

    @property
    def people(self) -> int:
        """How many people there are."""
        return self.snapshot.people

    @cached_property
    def sessions(self) -> Sessions:
        """Every session of the window."""
        logins, asked = self.snapshot["logins"], self.snapshot["applications"]
        person, device, ip, at = (
            np.concatenate([logins[name], asked[name]]) for name in ("person_id", "device_id", "ip", "at")
        )
        seconds = np.concatenate([logins["duration_s"], np.full(len(asked), np.nan)])
        applied = np.repeat([False, True], [len(logins), len(asked)])
        order = np.lexsort((ip, device, person, at))
        order = order[at[order] > self.snapshot.as_of - self.settings.links.window_days * DAY_US]
        person, limit = person[order], self.settings.links.hub_limit
        return Sessions(
            person=person,
            device=_rare(device[order], person, limit),
            ip=_rare(ip[order], person, limit),
            at=at[order],
            seconds=seconds[order],
            applied=applied[order],
        )

    @cached_property
    def sessions_of(self) -> ByPerson:
        """Sessions of each person, in time order."""
        return ByPerson.of(self.sessions.person, self.people)

    @cached_property
    def uses_of(self) -> ByPerson:
        """Things of each person."""
        return ByPerson.of(self.shared.person, self.people)

    @cached_property
    def flows(self) -> Flows:
        """Money that came and went on at once."""
        return flows(self.snapshot, self.settings.rings)

    @cached_property
    def returns(self) -> Returns:
        """Money that an organisation gave back to who had paid it."""
        return returns(self.snapshot)

    @cached_property
    def middlemen(self) -> Middlemen:
        """Purchases that another person paid back."""
        return middlemen(self.snapshot, self.flows.transfers)

    @cached_property
    def wages(self) -> Wages:
        """Who is paid by which organisation."""
        return wages(self.snapshot)

    @cached_property
    def promises(self) -> Promises:
        """Who answers for whom."""
        return promises(self.snapshot, self.loans)

    @cached_property
    def agents(self) -> Clients:
        """Clients and their agents."""
        return agents(self.snapshot, self.flows.transfers)

    @cached_property
    def used(self) -> Uses:
        """The same as ``shared``, and the devices and addresses of applications."""
        return uses(self.snapshot, window_days=self.settings.links.window_days, applied=True)

    @cached_property
    def acts(self) -> Acts:
        """When each person did what may tie them to others."""
        given, sent, asked = self.promises, self.flows.transfers, self.snapshot["applications"]
        rows = np.unique(np.concatenate([self.flows.came, self.flows.went]))
        met = self.sessions
        done = {
            "PAPER": papers(self.shared, self.settings.links.hub_limit),
            "DEVICE": meetings(met.device, met.person, met.at),
            "PLACE": meetings(met.ip, met.person, met.at),
            "PROMISE": (np.r_[given.guarantor, given.debtor], np.r_[given.at, given.at]),
            "FLOW": (np.r_[sent.payer[rows], sent.payee[rows]], np.r_[sent.at[rows], sent.at[rows]]),
            "SHOP": (self.returns.person, self.returns.at),
            "LOAN": (self.loans.person, self.loans.opened_at),
            "APPLY": (asked["person_id"], asked["at"]),
        }
        return acts(self.people, self.snapshot.as_of, done)

    @cached_property
    def tied(self) -> Links:
        """Pairs of people tied by things, flows or guarantees."""
        return tied(self.linked, self.flows, self.promises)

    @cached_property
    def loose(self) -> Links:
        """Pairs of people with a tie that says little by itself: friendship, contact, payment."""
        return paired(self.people, *acquainted(self.snapshot, self.flows.transfers), weight=LOOSE)

    @cached_property
    def known(self) -> Flags:
        """Who is known as fraudulent by the as-of."""
        return self.labelled("fraud")

    @cached_property
    def belief(self) -> Floats:
        """How strongly each person is tied to others who are known as fraudulent."""
        return belief(ties(self.snapshot, self.linked, self.flows, self.promises), self.known)

    def labelled(self, label: str) -> Flags:
        """Who bears a label."""
        labels = self.snapshot["labels"]
        return self.marked(labels["person_id"][labels["label"] == LABELS.index(label)])

    def marked(self, person: Ints) -> Flags:
        """Who stands in a column of people."""
        marks = np.zeros(self.people, bool)
        marks[person] = True
        return marks

    @cached_property
    def loans(self) -> Loans:
        """The last state of each loan."""
        return current_loans(self.snapshot)

    @cached_property
    def emulators(self) -> Flags:
        """Which devices are emulators."""
        marks = np.zeros(self.snapshot.count(Entity.DEVICE), bool)
        devices = self.snapshot["devices"]
        marks[devices["device_id"][devices["emulator"] == 1]] = True
        return marks


def _rare(thing: npt.NDArray[np.int32], person: npt.NDArray[np.int32], limit: int) -> npt.NDArray[np.int32]:
    """The things with at most ``limit`` users; the others read as nothing."""
    return np.where(users_of(thing, person) <= limit, thing, NOTHING).astype(np.int32)
