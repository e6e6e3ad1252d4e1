"""Who shares which thing: devices, addresses and identifiers with their users and times of use."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graphfraud.schema import IDENTIFIER_KINDS, Entity
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import NEVER, Snapshot

THING_TYPES: Final = (*IDENTIFIER_KINDS, "device", "ip")
"""Types of things that people share; a thing's type is its place here."""

FOREVER: Final = 2**63 - 1


@dataclass(frozen=True, eq=False)
class Uses:
    """Who used which thing and when, one row a person and thing, sorted by thing, then person.

    ``thing`` counts through all types: identifiers first, then devices, then addresses.
    ``first_at`` and ``last_at`` bound the use (UTC microseconds); an open bound is
    :data:`NEVER` or :data:`FOREVER`.
    """

    person: npt.NDArray[np.int32]
    thing: npt.NDArray[np.int64]
    type: npt.NDArray[np.int8]
    first_at: npt.NDArray[np.int64]
    last_at: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.person)


def uses(snapshot: Snapshot, *, window_days: int, applied: bool = False) -> Uses:
    """Every use of an identifier (in its ownership interval), a device or an address (logins in the window).

    With ``applied`` whoever applied on a device or at an address used it too.
    """
    identifiers = snapshot["identifiers"]
    person, device, ip, at = _sessions(snapshot, applied=applied)
    open_end = identifiers["until"] == NEVER
    last_at = np.where(open_end, FOREVER, identifiers["until"])
    kinds = identifiers["kind"]
    recent = at > snapshot.as_of - window_days * DAY_US
    person, device, ip, at = person[recent], device[recent], ip[recent], at[recent]
    on = device >= 0
    parts = [
        _Part(identifiers["person_id"], identifiers["value"], kinds, identifiers["since"], last_at),
        _by_login(person[on], device[on], at[on], THING_TYPES.index("device")),
        _by_login(person[ip >= 0], ip[ip >= 0], at[ip >= 0], THING_TYPES.index("ip")),
    ]
    offsets = np.cumsum([0, snapshot.count(Entity.IDENTIFIER), snapshot.count(Entity.DEVICE)])
    return _merged(parts, offsets)


def user_counts(shared: Uses) -> npt.NDArray[np.int64]:
    """How many different people used the thing of each row."""
    _, group, counts = np.unique(shared.thing, return_inverse=True, return_counts=True)
    return np.asarray(counts[group], dtype=np.int64)


def users_of(thing: npt.NDArray[np.int32], person: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """How many different people used the thing of each session; 0 where it is none (below 0)."""
    known = thing >= 0
    width = int(person.max(initial=0)) + 1
    pairs = np.unique(thing[known].astype(np.int64) * width + person[known])
    users = np.bincount(pairs // width, minlength=int(thing.max(initial=0)) + 1)
    return np.where(known, users[thing], 0)


def _sessions(snapshot: Snapshot, *, applied: bool) -> list[npt.NDArray[Any]]:
    """Person, device, address and time of logins, and of applications if these count."""
    logins, asked = snapshot["logins"], snapshot["applications"]
    names = ("person_id", "device_id", "ip", "at")
    return [np.concatenate([logins[name], asked[name]]) if applied else logins[name] for name in names]


@dataclass(frozen=True, eq=False)
class _Part:
    person: npt.NDArray[np.int32]
    thing: npt.NDArray[np.int32]
    type: npt.NDArray[np.int8]
    first_at: npt.NDArray[np.int64]
    last_at: npt.NDArray[np.int64]


def _by_login(
    person: npt.NDArray[np.int32], thing: npt.NDArray[np.int32], at: npt.NDArray[np.int64], kind: int
) -> _Part:
    order = np.lexsort((at, person, thing))
    person, thing, at = person[order], thing[order], at[order]
    starts = np.flatnonzero(np.r_[True, (person[1:] != person[:-1]) | (thing[1:] != thing[:-1])][: len(person)])
    ends = np.r_[starts[1:], len(person)] - 1 if len(starts) else starts
    return _Part(person[starts], thing[starts], np.full(len(starts), kind, np.int8), at[starts], at[ends])


def _merged(parts: list[_Part], offsets: npt.NDArray[np.int64]) -> Uses:
    thing = np.concatenate([part.thing + offset for part, offset in zip(parts, offsets, strict=True)])
    person = np.concatenate([part.person for part in parts])
    order = np.lexsort((person, thing))
    return Uses(
        person=person[order],
        thing=thing[order],
        type=np.concatenate([part.type for part in parts])[order],
        first_at=np.concatenate([part.first_at for part in parts])[order],
        last_at=np.concatenate([part.last_at for part in parts])[order],
    )
