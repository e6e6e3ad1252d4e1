"""Ties: who has to do with whom, by friendship, payment, contact, guarantee or a shared thing."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import Links

FRIEND: Final = 1.0
CONTACT: Final = 1.0
GUARANTEE: Final = 2.0
PAYMENT: Final = 1.0
"""Weight of one tie of a kind; a payment tie counts once however often people pay each other."""


def ties(snapshot: Snapshot, linked: Links) -> csr_array:
    """Symmetric weighted adjacency of people (people x people, float64), zero diagonal, sorted indices."""
    payments, people = snapshot["payments"], snapshot.people
    between = (payments["payer_id"] < people) & (payments["payee_id"] < people)
    sources = [
        (snapshot["friendships"]["person_id"], snapshot["friendships"]["friend_id"], FRIEND),
        (snapshot["contacts"]["person_id"], snapshot["contacts"]["contact_id"], CONTACT),
        (snapshot["guarantees"]["guarantor_id"], snapshot["guarantees"]["person_id"], GUARANTEE),
        (payments["payer_id"][between], payments["payee_id"][between], PAYMENT),
    ]
    adjacency = csr_array((people, people), dtype=np.float64)
    for first, second, weight in sources:
        adjacency = adjacency + _once(first, second, people) * weight
    shared = coo_array((linked.weight, (linked.a, linked.b)), shape=(people, people)).tocsr()
    whole = adjacency + shared + shared.T
    whole.sum_duplicates()
    return whole


def _once(first: npt.NDArray[np.int32], second: npt.NDArray[np.int32], people: int) -> csr_array:
    """1 where two different people are tied at least once, in both directions."""
    real = (first != second) & (first >= 0) & (second >= 0)
    a, b = first[real], second[real]
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    matrix = coo_array((np.ones(len(rows)), (rows, columns)), shape=(people, people)).tocsr()
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix
