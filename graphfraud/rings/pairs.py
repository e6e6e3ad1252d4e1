"""Pairs: people who are tied, by what says much and by what says little."""

from typing import Final

import numpy as np

from graphfraud.rings.flows import Flows, Transfers
from graphfraud.rings.groups import Ints, Rows
from graphfraud.rings.promises import Promises
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import Links

FLOW: Final = 2.0
PROMISE: Final = 2.0
"""Weight of a flow and of a guarantee beside the links of shared things."""
LOOSE: Final = 0.5
"""Weight of a tie that says little by itself."""


def tied(linked: Links, money: Flows, given: Promises) -> Links:
    """Links of shared things, flows and guarantees as one list of weighted pairs, each once."""
    sent, people = money.transfers, max(linked.people, 1)
    rows = np.unique(np.concatenate([money.came, money.went]))
    first = np.concatenate([linked.a, sent.payer[rows], given.guarantor])
    second = np.concatenate([linked.b, sent.payee[rows], given.debtor])
    weight = np.concatenate([linked.weight, np.full(len(rows), FLOW), np.full(len(given), PROMISE)])
    a, b = np.minimum(first, second), np.maximum(first, second)
    key, place = np.unique(a.astype(np.int64) * people + b, return_inverse=True)
    low, high = (key // people).astype(np.int32), (key % people).astype(np.int32)
    whole = np.bincount(place, weight, len(key)).astype(np.float64)
    types = np.zeros(len(key), np.uint8)
    np.bitwise_or.at(types, place[: len(linked)], linked.types)
    return Links(linked.people, low, high, whole, types)


def paired(people: int, first: Ints, second: Ints, *, weight: float = 1.0) -> Links:
    """Pairs of different people, each once, of one weight."""
    low, high = np.minimum(first, second).astype(np.int64), np.maximum(first, second).astype(np.int64)
    key = np.unique((low * max(people, 1) + high)[low < high])
    a, b = (key // max(people, 1)).astype(np.int32), (key % max(people, 1)).astype(np.int32)
    return Links(people, a, b, np.full(len(key), weight), np.zeros(len(key), np.uint8))


def acquainted(snapshot: Snapshot, sent: Transfers) -> tuple[Rows, Rows]:
    """Pairs of people with a tie that says little by itself: friendship, contact, payment."""
    friends, contacts = snapshot["friendships"], snapshot["contacts"]
    a = np.concatenate([friends["person_id"], contacts["person_id"], sent.payer])
    b = np.concatenate([friends["friend_id"], contacts["contact_id"], sent.payee])
    return a.astype(np.int64), b.astype(np.int64)
