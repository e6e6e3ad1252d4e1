"""Significance: could chance alone have tied so many people so often?

Every kind of evidence has its own null model, and each bound is taken over all groups
that could have been chosen, so that no search can cheat it:

* things: each thing keeps its users and each person their number of things of a type, but who uses
  what is drawn at random (the bipartite configuration model). A group with D of the U uses of a type
  shares a thing with c users by chance about ``c(c-1)/2 * (D/U)^2`` times. Its surplus, the sum over
  things of (members using it - 1), is compared with a Poisson of that mean, times the ``C(people, size)``
  groups. Or the group is m users of one thing and some others: then only what it shares beside that
  thing counts, times the ways to choose the thing, m of its users and the others.
* flows: each flow has the chance that its surprise tells (minus the decimal logarithm). The sum of k
  surprises follows a gamma distribution; times the ways to choose k of the payments received, times the
  ``people * (e * partners)^(size - 1)`` groups that are connected by payments.
* shops: a purchase comes back with the share seen everywhere; the binomial tail, times the shops.
* promises: guarantees fall between any two people; the expected groups of that size with so many of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import bdtrc, gammaincc, gammaln, pdtrc
from scipy.stats import false_discovery_control

from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import ByPerson, Floats, Groups, Ints, Rows
from graphfraud.snapshot.sharing import THING_TYPES, Uses, user_counts

LAYERS: Final = 4
"""Kinds of evidence that are tried; the best of them counts, at so many times its p-value."""
APART: Final = (tuple(name for name in THING_TYPES if name != "ip"), ("ip",))
"""Addresses on the network are shared by chance all the time and must not drown what is rare."""
TINY: Final = 1e-300


@dataclass(frozen=True, eq=False)
class Surplus:
    """For each group: its size, its surplus of sharing and what chance would give."""

    size: Rows
    surplus: Rows
    expected: Floats


def p_values(ground: Ground, groups: Groups) -> Floats:
    """Chance that any group of that size shows so much of any one kind of evidence, at most 1."""
    found = (
        _things_bound(ground, groups),
        _flows_bound(ground, groups),
        _shops_bound(ground, groups),
        _promises_bound(ground, groups),
    )
    return np.asarray(np.exp(np.minimum(np.min(found, axis=0) + np.log(LAYERS), 0.0)))


def q_values(p: Floats) -> Floats:
    """Share of false discoveries if everything at least as significant is reported (Benjamini-Hochberg 1995)."""
    return np.asarray(false_discovery_control(p)) if len(p) else p


def surplus(
    shared: Uses, uses_of: ByPerson, groups: Groups, *, hub_limit: int, types: tuple[str, ...] = THING_TYPES
) -> Surplus:
    """Sharing of things of some types inside each group beyond the first user of each thing, hubs left out."""
    users = user_counts(shared)
    kinds = [THING_TYPES.index(name) for name in types]
    usable = (users <= hub_limit) & np.isin(shared.type, kinds)
    group, use = uses_of.rows(groups)
    group, use = group[usable[use]], use[usable[use]]
    width = int(shared.thing.max(initial=0)) + 1
    things = np.bincount(np.unique(group * width + shared.thing[use]) // width, minlength=len(groups))
    expected = np.zeros(len(groups))
    for kind in kinds:
        rows = np.flatnonzero(shared.type == kind)
        pairs = (users[rows[usable[rows]]] - 1).sum() / 2.0
        used = np.bincount(group[shared.type[use] == kind], minlength=len(groups))
        expected += pairs * (used / max(len(rows), 1)) ** 2
    return Surplus(groups.size, np.bincount(group, minlength=len(groups)) - things, expected)


def _things_bound(ground: Ground, groups: Groups) -> Floats:
    """Logarithm of the bound for shared things: over all groups, or over the users of one thing and any others."""
    shared, limit = ground.shared, ground.settings.links.hub_limit
    if not len(shared):
        return np.zeros(len(groups))
    parts = [surplus(shared, ground.uses_of, groups, hub_limit=limit, types=types) for types in APART]
    free = things_bound(parts, _choices(np.float64(ground.people), groups.size))
    anchor, held = _anchor(ground, groups)
    kind = THING_TYPES[-1] == np.array(THING_TYPES)[shared.type[anchor]]
    rest = [
        Surplus(part.size, np.maximum(part.surplus - np.where(mine, held - 1, 0), 0), part.expected)
        for part, mine in zip(parts, (~kind, kind), strict=True)
    ]
    users = user_counts(shared)
    things = np.log(max((users > 1).sum(), 1))
    choices = things + _choices(users[anchor], held) + _choices(np.float64(ground.people), groups.size - held)
    return np.minimum(free, np.where(held > 1, things_bound(rest, choices), 0.0))


def _anchor(ground: Ground, groups: Groups) -> tuple[Rows, Rows]:
    """For each group, a use of the thing that most of its members use, and how many they are."""
    shared = ground.shared
    usable = user_counts(shared) <= ground.settings.links.hub_limit
    group, use = ground.uses_of.rows(groups)
    group, use = group[usable[use]], use[usable[use]]
    width = int(shared.thing.max(initial=0)) + 1
    key, first, count = np.unique(group * width + shared.thing[use], return_index=True, return_counts=True)
    order = np.lexsort((-key, count))
    anchor, held = np.zeros(len(groups), np.int64), np.zeros(len(groups), np.int64)
    anchor[key[order] // width], held[key[order] // width] = use[first[order]], count[order]
    return anchor, held


def things_bound(parts: Sequence[Surplus], choices: Floats) -> Floats:
    """Natural logarithm of the chance that any of so many groups shares so much, not above 0.

    The product x of two independent p-values is as small as that with chance ``x * (1 - ln x)`` (Fisher).
    """
    product = np.sum([_tail(part) for part in parts], axis=0)
    fisher = product + np.log1p(-product) if len(parts) == 2 else product
    return np.asarray(np.minimum(fisher + choices, 0.0))


def _tail(measured: Surplus) -> Floats:
    tail = pdtrc(np.maximum(measured.surplus - 1, 0), np.maximum(measured.expected, 1e-12))
    return np.log(np.maximum(np.where(measured.surplus > 0, tail, 1.0), TINY))


def _choices(of: Floats | Rows | np.float64, some: Rows | Floats) -> Floats:
    """Logarithm of the number of ways to choose some of many."""
    many = np.maximum(of, some)
    return np.asarray(gammaln(many + 1) - gammaln(some + 1) - gammaln(many - some + 1))


def _flows_bound(ground: Ground, groups: Groups) -> Floats:
    money, sent = ground.flows, ground.flows.transfers
    middle = sent.payee[money.came]
    group, flow = ByPerson.of(middle, ground.people).rows(groups)
    inside = groups.has(group, sent.payer[money.came[flow]]) & groups.has(group, sent.payee[money.went[flow]])
    group, flow = group[inside], flow[inside]
    count = np.bincount(group, minlength=len(groups))
    told = np.bincount(group, money.surprise[flow], len(groups)) * np.log(10.0)
    received = groups.total(np.bincount(sent.payee, minlength=ground.people))
    partners = max(len(np.unique(sent.payer.astype(np.int64) * max(ground.people, 1) + sent.payee)), 1)
    grown = 1.0 + np.log(2.0 * partners / max(ground.people, 1))
    tail = np.log(np.maximum(gammaincc(np.maximum(count, 1), told), TINY))
    choices = np.log(max(ground.people, 1)) + np.maximum(grown, 0.0) * (groups.size - 1)
    return np.where(count > 0, tail + _choices(received, count) + choices, 0.0)


def _shops_bound(ground: Ground, groups: Groups) -> Floats:
    """Members whose money one shop gave back or answered with more, among all its customers."""
    rows, people = ground.snapshot["payments"], ground.people
    bought = np.flatnonzero((rows["payer_id"] < people) & (rows["payee_id"] >= people))
    if not len(bought) or not len(groups):
        return np.zeros(len(groups))
    back = ground.returns
    shops = int(max(rows["payee_id"].max(), back.organisation.max(initial=0))) + 1
    customers = _distinct(rows["payee_id"][bought], rows["payer_id"][bought], people, shops)
    returned = _distinct(back.organisation, back.person, people, shops)
    share = returned.sum() / max(customers.sum(), 1)
    pairs = np.unique(np.stack([back.organisation, back.person], axis=1), axis=0)
    group, row = ByPerson.of(pairs[:, 1], people).rows(groups)
    key, count = np.unique(group * shops + pairs[row, 0], return_counts=True)
    tail = bdtrc(count - 1, np.maximum(customers[key % shops], count), share)
    bound = np.zeros(len(groups))
    np.minimum.at(bound, key // shops, np.log(np.maximum(tail, TINY)) + np.log((customers > 0).sum()))
    return bound


def _distinct(thing: Ints, person: Ints, people: int, things: int) -> Rows:
    """Different people of each thing."""
    key = np.unique(thing.astype(np.int64) * max(people, 1) + person)
    return np.bincount(key // max(people, 1), minlength=things)


def _promises_bound(ground: Ground, groups: Groups) -> Floats:
    given = ground.promises
    group, row = ByPerson.of(given.guarantor, ground.people).rows(groups)
    inside = groups.has(group, given.debtor[row])
    count = np.bincount(group[inside], minlength=len(groups))
    size = groups.size.astype(np.float64)
    each = np.log(max(len(given), 1)) - 2.0 * np.log(max(ground.people, 2))
    bound = _choices(np.float64(ground.people), size) + _choices(size * (size - 1), count) + count * each
    return np.where(count > 0, bound, 0.0)
