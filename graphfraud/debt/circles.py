"""Circles: people who share an address, an account or a small group, as pairs."""

import numpy as np
import numpy.typing as npt

from graphfraud.schema import IDENTIFIER_KINDS
from graphfraud.snapshot.graph import NEVER, Snapshot

HOUSEHOLD_LIMIT = 6
"""An address with more people is a dormitory or an office, and no household."""
BUSINESS_LIMIT = 6
"""An account that more people act through belongs to an organisation."""
GROUP_LIMIT = 10
"""In a larger chat group not everybody knows everybody."""

Pairs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def household_of(snapshot: Snapshot) -> npt.NDArray[np.int64]:
    """Number of each person's household, -1 for people who share no address with a few others.

    Who has several addresses belongs to the household of the first in id order that is shared.
    """
    person, value = _addresses(snapshot)
    small = _in_small_circle(value, HOUSEHOLD_LIMIT)
    home = np.full(snapshot.people, -1, np.int64)
    home[person[small][::-1]] = value[small][::-1]
    return home


def household_pairs(snapshot: Snapshot) -> Pairs:
    """Both directions of every two people at one address now."""
    person, value = _addresses(snapshot)
    return _pairs(person, value, HOUSEHOLD_LIMIT)


def business_pairs(snapshot: Snapshot) -> Pairs:
    """Both directions of every two people who pay or are paid through one account."""
    rows, people = snapshot["payments"], snapshot.people
    sides = (("payer_id", "payer_account"), ("payee_id", "payee_account"))
    person = np.concatenate([rows[party] for party, _ in sides])
    account = np.concatenate([rows[used] for _, used in sides])
    acts = (person < people) & (account >= 0)
    return _pairs(*_once(person[acts], account[acts]), BUSINESS_LIMIT)


def group_pairs(snapshot: Snapshot) -> Pairs:
    """Both directions of every two members of one small chat group."""
    rows = snapshot["group_memberships"]
    return _pairs(*_once(rows["person_id"], rows["group_id"]), GROUP_LIMIT)


def _addresses(snapshot: Snapshot) -> Pairs:
    rows = snapshot["identifiers"]
    now = (rows["kind"] == IDENTIFIER_KINDS.index("address")) & (rows["until"] == NEVER)
    return _once(rows["person_id"][now], rows["value"][now])


def _once(person: npt.NDArray[np.int32], thing: npt.NDArray[np.int32]) -> Pairs:
    """Each person and thing once, sorted by thing, then person."""
    both = np.unique(np.stack([thing, person], axis=1).astype(np.int64), axis=0)
    return both[:, 1], both[:, 0]


def _in_small_circle(thing: npt.NDArray[np.int64], limit: int) -> npt.NDArray[np.bool_]:
    _, place, count = np.unique(thing, return_inverse=True, return_counts=True)
    size = count[place]
    return np.asarray((size > 1) & (size <= limit))


def _pairs(person: npt.NDArray[np.int64], thing: npt.NDArray[np.int64], limit: int) -> Pairs:
    small = _in_small_circle(thing, limit)
    person, thing = person[small], thing[small]
    _, first, place, size = np.unique(thing, return_index=True, return_inverse=True, return_counts=True)
    size = size[place]
    one = np.repeat(np.arange(len(person)), size)
    step = np.arange(len(one)) - np.repeat(np.cumsum(size) - size, size)
    other = np.repeat(first[place], size) + step
    apart = one != other
    return person[one[apart]], person[other[apart]]
