"""What others would do to find rings, written as their authors describe it, each with what may be tuned.

* ``wcc``: weakly connected components over shared identifiers, the recipe of Neo4j's own fraud demonstration.
* ``leiden``: Leiden with the constant Potts model on the projection of shared things (Traag et al. 2019).
* ``fraudar``: FRAUDAR (Hooi et al. 2016), logarithmic column weights, block after block. The implementation in
  PyPI's UGFraud needs SciPy's ``.A`` of matrices, which is gone, so this is ours, after the paper.
* ``pagerank``: personalised PageRank from the known, its highest people grouped into components.
* ``boosted``: gradient boosting over every feature of a person, its highest people grouped into components.
* ``typed``: typed evidence, a null model for each type, Leiden, no labels.
"""

import heapq
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import igraph
import msgspec
import numba as nb
import numpy as np
import numpy.typing as npt
from ring_world import NOBODY, World, labelled
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import pdtrc

from graphfraud.settings import DAY_US, Settings
from graphfraud.snapshot.links import Links, links
from graphfraud.snapshot.sharing import THING_TYPES, user_counts
from graphfraud.snapshot.ties import ties

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Found = csr_array
IDENTIFIERS: Final = ("phone", "card", "address", "national_id", "email")


@dataclass(frozen=True)
class Peer:
    """A method: how it answers, what it does untuned, and the choices a tuner has."""

    name: str
    answer: Callable[..., Found]
    usual: Mapping[str, Any]
    grid: Mapping[str, tuple[Any, ...]]

    def choices(self) -> Iterator[dict[str, Any]]:
        """Every setting of the grid."""
        for values in product(*self.grid.values()):
            yield dict(zip(self.grid, values, strict=True))


def wcc(world: World, *, things: str, owners: int, largest: int) -> Found:
    """Components of at least three people joined by things with at most so many owners."""
    types = {"identifiers": IDENTIFIERS, "papers": ("phone", "card", "national_id", "email")}.get(things)
    types = types or (*IDENTIFIERS, "device")
    use = _usable(world, types, owners)
    thing = world.shared.thing[use] + world.people
    label = _components(world.shared.person[use], thing, world.people + int(world.shared.thing.max()) + 1)
    return _sized(world, label[: world.people], largest)


def leiden(world: World, *, resolution: float, owners: int, largest: int) -> Found:
    """Communities of the projection of all shared things, weighted by rarity."""
    projected = _projection(world, owners)
    label = world.once(
        ("leiden", owners, resolution),
        lambda: _communities(world.people, projected.a, projected.b, projected.weight, resolution),
    )
    return _sized(world, label, largest)


def fraudar(world: World, *, blocks: float, types: str, owners: int, largest: int) -> Found:
    """Block after block of the graph of people and things, each the densest that is left."""
    label = world.once(("fraudar", blocks, types, owners), lambda: _blocks(world, blocks, types, owners))
    return _sized(world, label, largest)


def _blocks(world: World, blocks: float, types: str, owners: int) -> Ints:
    names = THING_TYPES if types == "all" else (*IDENTIFIERS, "device")
    use = _usable(world, names, owners)
    person, thing = world.shared.person[use].astype(np.int64), world.shared.thing[use]
    _, column = np.unique(thing, return_inverse=True)
    weight = 1.0 / np.log(np.bincount(column) + 5.0)
    label = np.full(world.people, NOBODY)
    alive = np.ones(len(person), bool)
    for block in range(max(1, round(blocks * world.people))):
        rows = np.flatnonzero(alive)
        if not len(rows):
            break
        people, things = densest(person[rows], column[rows], weight)
        inside = np.isin(person[rows], people) & np.isin(column[rows], things)
        alive[rows[inside]] = False
        piece = _components(person[rows[inside]], column[rows[inside]] + world.people, world.people + len(weight))
        fresh = people[label[people] == NOBODY]
        label[fresh] = piece[fresh] + block * (world.people + len(weight))
    return label


def densest(person: Ints, column: Ints, weight: Floats) -> tuple[Ints, Ints]:
    """The block of people and columns with the highest mean weight that greedy peeling meets (Hooi 2016, algorithm 1)."""
    row_names, row = np.unique(person, return_inverse=True)
    column_names, col = np.unique(column, return_inverse=True)
    nodes = len(row_names) + len(column_names)
    col = col + len(row_names)
    value = weight[column]
    ends = np.concatenate([row, col])
    order = np.argsort(ends, kind="stable")
    other = np.concatenate([col, row])[order]
    values = np.concatenate([value, value])[order]
    starts = np.searchsorted(ends[order], np.arange(nodes + 1))
    sequence, best = _peeled(starts, other, values)
    kept = np.ones(nodes, bool)
    kept[sequence[:best]] = False
    return row_names[kept[: len(row_names)]], column_names[kept[len(row_names) :]]


@nb.njit(cache=True)
def _peeled(starts: Ints, other: Ints, values: Floats) -> tuple[Ints, int]:
    """Order of removal, smallest weight first, and after how many removals the mean weight is highest."""
    nodes = len(starts) - 1
    degree = np.zeros(nodes)
    for node in range(nodes):
        degree[node] = values[starts[node] : starts[node + 1]].sum()
    total = degree.sum() / 2
    heap = [(degree[node], node) for node in range(nodes)]
    heapq.heapify(heap)
    gone = np.zeros(nodes, np.bool_)
    sequence = np.empty(nodes, np.int64)
    best, best_score, removed = 0, total / nodes, 0
    while removed < nodes:
        least, node = heapq.heappop(heap)
        if gone[node] or least > degree[node] + 1e-9:
            continue
        gone[node] = True
        sequence[removed] = node
        removed += 1
        total -= degree[node]
        for place in range(starts[node], starts[node + 1]):
            neighbour = other[place]
            if not gone[neighbour]:
                degree[neighbour] -= values[place]
                heapq.heappush(heap, (degree[neighbour], neighbour))
        if removed < nodes and total / (nodes - removed) > best_score + 1e-12:
            best_score, best = total / (nodes - removed), removed
    return sequence, best


def pagerank(world: World, *, share: float, largest: int, damping: float) -> Found:
    """The people whom a walk from the known meets most often, in components of their ties."""
    tied = _ties(world)
    start = world.known().astype(float)
    start /= max(start.sum(), 1)
    out = np.maximum(np.asarray(tied.sum(axis=1)).ravel(), 1e-12)
    rank = start.copy()
    for _ in range(40):
        rank = (1 - damping) * start + damping * (tied.T @ (rank / out))
    return _of_highest(world, rank, share, largest)


def boosted(world: World, *, chance: Mapping[int, Floats], share: float, largest: int) -> Found:
    """The people with the highest chance by a boosted table of features, in components of their ties."""
    return _of_highest(world, chance[world.seed], share, largest)


def typed(world: World, *, level: float, resolution: float, largest: int) -> Found:
    """Pairs by shared things, pass-through, guarantees and payback, Leiden, a Poisson test of each community by type."""
    projected, money = _projection(world, 60), world.once("acts", lambda: acts(world))
    strong = projected.where(projected.weight >= 0.8)
    a = np.concatenate([strong.a, *(pairs[0] for pairs in money)])
    b = np.concatenate([strong.b, *(pairs[1] for pairs in money)])
    weight = np.concatenate([strong.weight, np.full(len(a) - len(strong), 2.0)])
    label = world.once(("typed", resolution), lambda: _communities(world.people, a, b, weight, resolution))
    found = _sized(world, label, largest)
    chances = [_surprise(world, found, kind) for kind in range(len(THING_TYPES))]
    chances += [_surprise_of_pairs(found, *pairs) for pairs in money]
    sizes = np.asarray(found.sum(axis=1)).ravel()
    bound = np.min(chances, axis=0) * len(chances) * found.shape[0]
    return found[np.flatnonzero((bound < level) & (sizes >= 4))]


def acts(world: World) -> list[tuple[Ints, Ints]]:
    """Pairs by what they did: passed money on within a day, guaranteed, got most of a payment back from one shop."""
    rows = world.snapshot["payments"]
    payer, payee, amount, at = (rows[name].astype(np.int64) for name in ("payer_id", "payee_id", "amount", "at"))
    order = np.lexsort((at, payer))
    payer, payee, amount, at = payer[order], payee[order], amount[order], at[order]
    given = world.snapshot["guarantees"]
    guarantor, debtor = (given[name].astype(np.int64) for name in ("guarantor_id", "person_id"))
    both = debtor >= 0
    return [
        _passed_on(world.people, payer, payee, amount, at),
        (guarantor[both], debtor[both]),
        _paid_back(world.people, payer, payee, amount, at),
    ]


def _passed_on(people: int, payer: Ints, payee: Ints, amount: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Payer and payee of every two payments that look like one sum on its way, within a day, less a fifth at most."""
    person = (payer < people) & (payee < people) & (amount >= 20_000)
    payer, payee, amount, at = payer[person], payee[person], amount[person], at[person]
    clock = at.max(initial=0) + 2 * DAY_US
    key = payer * clock + at
    marks = np.zeros(len(payer), bool)
    start = np.searchsorted(key, payee * clock + at, side="right")
    for step in range(6):
        place = np.minimum(start + step, len(payer) - 1)
        onward = (payer[place] == payee) & (at[place] - at <= DAY_US) & (at[place] > at)
        onward &= (amount[place] <= amount) & (amount[place] >= 0.8 * amount) & (payee[place] != payer)
        marks[onward] = True
        marks[place[onward]] = True
    return payer[marks], payee[marks]


def _paid_back(people: int, payer: Ints, payee: Ints, amount: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Pairs of customers to whom one shop sent most of a payment back within a week; shops with many such tie nobody."""
    out = np.flatnonzero((payer < people) & (payee >= people))
    back = np.flatnonzero((payer >= people) & (payee < people))
    if not len(out) or not len(back):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    clock = at.max() + 2 * DAY_US
    width = int(max(payer.max(), payee.max())) + 1
    pair, first = np.unique(payer[out] * width + payee[out], return_inverse=True)
    told = pair.searchsorted(payee[back] * width + payer[back]).clip(0, len(pair) - 1)
    known = pair[told] == payee[back] * width + payer[back]
    order = np.lexsort((at[out], first))
    key = first[order] * clock + at[out][order]
    place = np.searchsorted(key, told * clock + at[back]) - 1
    bought = out[order][place.clip(0)]
    good = known & (place >= 0) & (payer[bought] == payee[back]) & (payee[bought] == payer[back])
    good &= (at[back] - at[bought] <= 7 * DAY_US) & (amount[back] >= 0.6 * amount[bought])
    shop, person = np.unique(np.stack([payer[back[good]], payee[back[good]]]), axis=1)
    count = np.bincount(shop)[shop] if len(shop) else shop
    shop, person = shop[(count >= 3) & (count <= 40)], person[(count >= 3) & (count <= 40)]
    custom = csr_array((np.ones(len(shop)), (shop, person)), shape=(width, people))
    pairs = (custom.T @ custom).tocoo()
    upper = pairs.row < pairs.col
    return pairs.row[upper].astype(np.int64), pairs.col[upper].astype(np.int64)


def _surprise_of_pairs(found: Found, one: Ints, other: Ints) -> Floats:
    """Chance that so many of these pairs fall inside a community if each person kept their number of pairs."""
    people = found.shape[1]
    adjacency = csr_array((np.ones(len(one)), (one, other)), shape=(people, people))
    inside = np.asarray((found @ adjacency).multiply(found).sum(axis=1)).ravel()
    ends = np.asarray(adjacency.sum(axis=0)).ravel() + np.asarray(adjacency.sum(axis=1)).ravel()
    expected = (found @ ends) ** 2 / max(4.0 * len(one), 1.0)
    return np.where(inside > 0, pdtrc(np.maximum(inside - 1, 0), np.maximum(expected, 1e-9)), 1.0)


def _surprise(world: World, found: Found, kind: int) -> Floats:
    """Chance that so many members would share things of one type if every thing drew its users at random."""
    shared, users = world.shared, user_counts(world.shared)
    rows = np.flatnonzero((shared.type == kind) & (users <= 60))
    if not len(rows):
        return np.ones(found.shape[0])
    _, column = np.unique(shared.thing[rows], return_inverse=True)
    use = csr_array((np.ones(len(rows)), (shared.person[rows], column)), shape=(world.people, int(column.max()) + 1))
    held = (found @ use).tocoo()
    surplus = np.bincount(held.row, np.maximum(held.data - 1, 0), found.shape[0])
    pairs = (users[rows] - 1).sum() / 2
    drawn = np.asarray((found @ use).sum(axis=1)).ravel() / len(rows)
    return np.where(surplus > 0, pdtrc(np.maximum(surplus - 1, 0), np.maximum(pairs * drawn**2, 1e-9)), 1.0)


def _of_highest(world: World, value: Floats, share: float, largest: int) -> Found:
    count = max(1, round(share * world.people))
    chosen = np.zeros(world.people, bool)
    chosen[np.lexsort((np.arange(world.people), -value))[:count]] = True
    tied = _ties(world).tocoo()
    both = chosen[tied.row] & chosen[tied.col]
    label = _components(tied.row[both].astype(np.int64), tied.col[both].astype(np.int64), world.people)
    return _sized(world, np.where(chosen, label, NOBODY), largest)


def _usable(world: World, types: tuple[str, ...], owners: int) -> Ints:
    users = user_counts(world.shared)
    kinds = [THING_TYPES.index(name) for name in types]
    return np.flatnonzero(np.isin(world.shared.type, kinds) & (users <= owners))


def _projection(world: World, owners: int) -> Links:
    settings = msgspec.structs.replace(Settings().links, hub_limit=owners)
    projected: Links = world.once(("links", owners), lambda: links(world.snapshot, world.shared, settings=settings))
    return projected


def _ties(world: World) -> csr_array:
    tied: csr_array = world.once("ties", lambda: ties(world.snapshot, _projection(world, Settings().links.hub_limit)))
    return tied


def _components(one: Ints, other: Ints, nodes: int) -> Ints:
    matrix = coo_array((np.ones(len(one)), (one, other)), shape=(nodes, nodes))
    return np.asarray(connected_components(matrix, directed=False)[1], np.int64)


def _communities(people: int, a: Ints, b: Ints, weight: Floats, resolution: float) -> Ints:
    igraph.set_random_number_generator(random.Random(1))  # noqa: S311 - a fixed order, not a secret
    graph = igraph.Graph(n=people, edges=np.stack([a, b], axis=1).tolist())
    parts = graph.community_leiden(
        objective_function="CPM", weights=weight.tolist(), resolution=resolution, n_iterations=4
    )
    return np.asarray(parts.membership, np.int64)


def _sized(world: World, label: Ints, largest: int) -> Found:
    """Groups of 3 to ``largest`` people."""
    inside = label != NOBODY
    _, number = np.unique(label, return_inverse=True)
    size = np.bincount(number[inside], minlength=int(number.max(initial=0)) + 1)
    fits = inside & (size[number] >= 3) & (size[number] <= largest)
    return labelled(world.people, np.where(fits, number, NOBODY))


PEERS: Final = (
    Peer(
        "wcc",
        wcc,
        {"things": "all", "owners": 10**9, "largest": 10**9},
        {"things": ("all", "identifiers", "papers"), "owners": (10**9, 12, 4), "largest": (10**9, 25)},
    ),
    Peer(
        "leiden",
        leiden,
        {"resolution": 0.05, "owners": 60, "largest": 10**9},
        {"resolution": (0.5, 1.0, 2.0, 3.0), "owners": (60,), "largest": (60, 20)},
    ),
    Peer(
        "fraudar",
        fraudar,
        {"blocks": 0.006, "types": "all", "owners": 10**9, "largest": 10**9},
        {"blocks": (0.006,), "types": ("all", "papers"), "owners": (10**9, 15), "largest": (10**9, 40)},
    ),
    Peer(
        "pagerank",
        pagerank,
        {"share": 0.02, "largest": 60, "damping": 0.85},
        {"share": (0.005, 0.01, 0.02, 0.04), "largest": (60,), "damping": (0.85,)},
    ),
    Peer("boosted", boosted, {"share": 0.02, "largest": 60}, {"share": (0.005, 0.01, 0.02, 0.04), "largest": (60,)}),
    Peer(
        "typed",
        typed,
        {"level": 0.05, "resolution": 1.0, "largest": 60},
        {"level": (0.05, 1e-4, 1e-8), "resolution": (0.5, 1.0), "largest": (60,)},
    ),
)
"""The peers, ours not among them."""
