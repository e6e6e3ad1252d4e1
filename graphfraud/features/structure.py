"""Structure: components, cores, PageRank and rarity-weighted sharing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from graphfraud.features.values import Values, tally, total, unknown
from graphfraud.schema import LABELS
from graphfraud.settings import LinkSettings, RingSettings
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import Links, components, guarded, rarity
from graphfraud.snapshot.sharing import THING_TYPES, Uses, user_counts
from graphfraud.snapshot.ties import ties

DAMPING: Final = 0.85
ITERATIONS: Final = 50
"""Power iterations; the rest is below .85 ** 50 = 3e-4 of the mass."""
FOLDS: Final = 5


@dataclass(frozen=True, eq=False)
class Structure:
    """A snapshot with its links, its ties and who is known as fraudulent at the as-of."""

    snapshot: Snapshot
    shared: Uses
    linked: Links
    guarded: Links
    tied: csr_array
    fraud: npt.NDArray[np.int64]
    hub_limit: int

    @classmethod
    def of(
        cls, snapshot: Snapshot, shared: Uses, linked: Links, *, links: LinkSettings, rings: RingSettings
    ) -> "Structure":
        """The structure that the features describe."""
        labels = snapshot["labels"]
        fraud = np.unique(labels["person_id"][labels["label"] == LABELS.index("fraud")]).astype(np.int64)
        strong = guarded(linked, min_weight=rings.min_pair_weight)
        return cls(snapshot, shared, linked, strong, ties(snapshot, linked), fraud, links.hub_limit)

    @property
    def people(self) -> int:
        """How many people are known."""
        return self.snapshot.people


def component_size(structure: Structure) -> Values:
    """People in the component of guarded links; 1 for those linked to nobody."""
    labels = components(structure.guarded)
    return tally(labels, structure.people)[labels]


def core_number(structure: Structure) -> Values:
    """Largest k so that the person is in the k-core of the links (Batagelj and Zaversnik 2003)."""
    linked = structure.linked
    pairs = coo_array((np.ones(len(linked), np.int8), (linked.a, linked.b)), shape=(structure.people,) * 2).tocsr()
    both = (pairs + pairs.T).tocsr()
    return _cores(both.indptr.astype(np.int64), both.indices.astype(np.int64)).astype(np.float64)


def pagerank(structure: Structure) -> Values:
    """PageRank over all ties, as a ratio to the mean (Page et al. 1999)."""
    start = np.ones((structure.people, 1))
    return _walk(structure.tied, start)[:, 0]


def fraud_pagerank(structure: Structure) -> Values:
    """Personalised PageRank from people known as fraudulent, as a ratio to the mean.

    Nobody is evidence against themselves: the known are split into five folds, and a known person's value
    comes from the other folds alone. Unknown when nobody is known.
    """
    seeds = structure.fraud
    if not len(seeds):
        return unknown(structure.people)
    fold = np.arange(len(seeds)) % FOLDS
    start = np.zeros((structure.people, FOLDS + 1))
    start[seeds, FOLDS] = 1.0
    for k in range(FOLDS):
        start[seeds[fold != k], k] = 1.0
    scale = start.sum(axis=0)
    start *= np.divide(structure.people, scale, out=np.zeros(FOLDS + 1), where=scale > 0)
    ranks = _walk(structure.tied, start)
    result = ranks[:, FOLDS].copy()
    result[seeds] = ranks[seeds, fold]
    return result


def shared_device_weight(structure: Structure) -> Values:
    """Bits of rarity of the devices and addresses shared with others; hubs count for nothing."""
    return _shared_bits(structure, "device", "ip")


def shared_identifier_weight(structure: Structure) -> Values:
    """Bits of rarity of the phones, cards, addresses, documents and e-mails shared with others."""
    return _shared_bits(structure, *(name for name in THING_TYPES if name not in ("device", "ip")))


def _shared_bits(structure: Structure, *types: str) -> Values:
    shared, users = structure.shared, user_counts(structure.shared)
    chosen = np.isin(shared.type, [THING_TYPES.index(name) for name in types])
    chosen &= (users > 1) & (users <= structure.hub_limit)
    bits = rarity(shared, structure.people) * np.log2(max(structure.people, 2))
    return total(shared.person[chosen], bits[chosen], structure.people)


def _walk(tied: csr_array, start: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Power iteration of PageRank for several start vectors at once; mass of people without ties restarts."""
    strength = np.asarray(tied.sum(axis=1)).ravel()
    inverse = np.divide(1.0, strength, out=np.zeros(len(strength)), where=strength > 0)[:, None]
    alone = strength == 0
    mass = np.maximum(start.sum(axis=0), 1e-300)
    rank = start.copy()
    for _ in range(ITERATIONS):
        lost = rank[alone].sum(axis=0) / mass
        rank = (1 - DAMPING) * start + DAMPING * (tied @ (rank * inverse) + lost * start)
    return rank


@nb.njit(cache=True)
def _cores(bounds: npt.NDArray[np.int64], neighbours: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Core numbers by repeatedly removing a vertex of least degree, in O(edges) with a bucket queue."""
    n = len(bounds) - 1
    degree = bounds[1:] - bounds[:-1]
    most = degree.max() if n else 0
    bucket = np.zeros(most + 2, np.int64)
    for d in degree:
        bucket[d + 1] += 1
    bucket = np.cumsum(bucket)
    place, order, fill = np.empty(n, np.int64), np.empty(n, np.int64), bucket.copy()
    for v in range(n):
        place[v] = fill[degree[v]]
        order[place[v]] = v
        fill[degree[v]] += 1
    for i in range(n):
        v = order[i]
        for e in range(bounds[v], bounds[v + 1]):
            u = neighbours[e]
            if degree[u] > degree[v]:
                first = bucket[degree[u]]
                w = order[first]
                order[first], order[place[u]] = u, w
                place[w], place[u] = place[u], first
                bucket[degree[u]] += 1
                degree[u] -= 1
    return degree


FEATURES: Final[tuple[Callable[[Structure], Values], ...]] = (
    component_size,
    core_number,
    pagerank,
    fraud_pagerank,
    shared_device_weight,
    shared_identifier_weight,
)
