"""Seeds: suspicion that spreads from people known as fraudulent, two steps along ties, never back to its source.

Linearised belief propagation (Gatterbauer et al. 2015): a person's belief is the sum over
ties of the strength of the type of tie times the belief of the other end. The strength of
a type is the share of the ties of known people that lead to known people; a usual share
stands in until there are enough. What a known person sends out and gets back over two
steps is taken away, so nobody is evidence against themselves. Cost: the ties of the known
people and of their neighbours.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy.sparse import coo_array, csr_array

from graphfraud.rings.flows import Flows
from graphfraud.rings.groups import Flags, Floats, Ints
from graphfraud.rings.pairs import paired
from graphfraud.rings.promises import Promises
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import Links
from graphfraud.snapshot.sharing import THING_TYPES

STRENGTH: Final = {
    "national_id": 0.4,
    "card": 0.4,
    "phone": 0.3,
    "email": 0.3,
    "device": 0.2,
    "address": 0.05,
    "ip": 0.05,
    "flow": 0.2,
    "promise": 0.2,
    "contact": 0.05,
    "friend": 0.02,
    "payment": 0.02,
}
"""The usual share of a known person's ties of a type that lead to another known person."""
USUAL_TIES: Final = 50.0
"""Ties that the usual share is worth."""


Ties = Mapping[str, Links]
"""Pairs of people by the type of tie, each once."""


def belief(tied: Ties, known: Flags) -> Floats:
    """Belief of each person, from the known ones other than the person, over one and two steps."""
    people = len(known)
    if not known.any():
        return np.zeros(people)
    spread = csr_array((people, people))
    for name, linked in tied.items():
        spread = spread + _symmetric(linked) * _strength(linked, known, STRENGTH[name])
    seed = known.astype(np.float64)
    first = spread @ seed
    back = np.asarray(spread.multiply(spread).sum(axis=1)).ravel() * seed
    return np.asarray(first + spread @ first - back)


def _strength(linked: Links, known: Flags, usual: float) -> float:
    """Share of the ties of known people that lead to known people, some usual ties added."""
    both = 2.0 * np.sum(known[linked.a] & known[linked.b])
    ends = np.sum(known[linked.a]) + np.sum(known[linked.b])
    return float((both + usual * USUAL_TIES) / (ends + USUAL_TIES))


def _symmetric(linked: Links) -> csr_array:
    ones = np.ones(len(linked))
    half = coo_array((ones, (linked.a, linked.b)), shape=(linked.people, linked.people)).tocsr()
    return half + half.T


def ties(snapshot: Snapshot, linked: Links, money: Flows, given: Promises) -> Ties:
    """Ties of every type."""
    sent = money.transfers
    rows = np.unique(np.concatenate([money.came, money.went]))
    friends, contacts = snapshot["friendships"], snapshot["contacts"]

    def pairs(first: Ints, second: Ints) -> Links:
        return paired(snapshot.people, first, second)

    things = {name: linked.where(linked.types & np.uint8(1 << number) > 0) for number, name in enumerate(THING_TYPES)}
    return things | {
        "flow": pairs(sent.payer[rows], sent.payee[rows]),
        "promise": pairs(given.guarantor, given.debtor),
        "contact": pairs(contacts["person_id"], contacts["contact_id"]),
        "friend": pairs(friends["person_id"], friends["friend_id"]),
        "payment": pairs(sent.payer, sent.payee),
    }
