"""Suspects: people in promising candidates, the ties between them, and the circles that these ties make.

Camouflage leads to honest people, so among suspects even a tie that says little (a
friendship, a payment) tells who belongs to whom: pieces of one ring that different
evidence found, or between which a link was never recorded, hang together by it.
"""

import random
from dataclasses import dataclass
from typing import Final

import igraph
import numpy as np

from graphfraud.rings.families import FAMILIES
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Floats, Groups, joined, together
from graphfraud.rings.pairs import LOOSE, paired
from graphfraud.settings import RingSettings
from graphfraud.snapshot.links import Links

RESOLUTIONS: Final = (0.02, 0.1, 0.3)
"""CPM resolutions: the least density, in weight a pair, of a circle."""


@dataclass(frozen=True, eq=False)
class Suspects:
    """How suspicious each person is (0 to 1), and the firm and the loose ties between suspects, gaps among these."""

    suspicion: Floats
    firm: Links
    loose: Links


def suspicion(groups: Groups, score: Floats) -> Floats:
    """The best score of any group that holds a person; 0 for who is in none."""
    best = np.zeros(groups.people)
    np.maximum.at(best, groups.person, score[groups.number])
    return best


def suspects(ground: Ground, groups: Groups, score: Floats, over: Links, *, least: float) -> Suspects:
    """Ties between people whose suspicion is at least ``least``, each weighted by the suspicion of both ends.

    ``over`` are the gaps that would tie them too, see :mod:`graphfraud.rings.gaps`.
    """
    best = suspicion(groups, score)
    known = best >= least
    firm, loose, gap = (linked.where(known[linked.a] & known[linked.b]) for linked in (ground.tied, ground.loose, over))
    loose = paired(ground.people, np.r_[loose.a, gap.a], np.r_[loose.b, gap.b], weight=LOOSE)
    return Suspects(best, _weighed(firm, best), _weighed(loose, best))


def circles(ground: Ground, found: Suspects, *, settings: RingSettings, seed: int) -> Groups:
    """Groups of suspects: components of firm ties, and communities of all ties by Leiden (CPM) at each resolution."""
    a, b = (np.concatenate([getattr(found.firm, side), getattr(found.loose, side)]) for side in "ab")
    weight = np.concatenate([found.firm.weight, found.loose.weight])
    parts = [joined(found.firm.a, found.firm.b, ground.people), joined(a, b, ground.people)]
    people = np.unique(np.concatenate([a, b]))
    ends = np.stack([np.searchsorted(people, a), np.searchsorted(people, b)], axis=1)
    graph = igraph.Graph(n=len(people), edges=ends)
    for resolution in RESOLUTIONS:
        label = np.arange(ground.people, dtype=np.int32)
        if len(people):
            igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - a fixed order, not a secret
            community = graph.community_leiden("CPM", weights=weight, resolution=resolution, n_iterations=4)
            label[people] = people[np.unique(community.membership, return_index=True)[1]][community.membership]
        parts.append(label)
    everybody = np.arange(ground.people)
    family = FAMILIES.index("circle")
    groups = together([Groups.of(ground.people, label, everybody, family) for label in parts])
    return groups.sized(settings.min_size, settings.max_size)


def _weighed(linked: Links, best: Floats) -> Links:
    weight = linked.weight * np.sqrt(best[linked.a] * best[linked.b])
    return Links(linked.people, linked.a, linked.b, weight, linked.types)
