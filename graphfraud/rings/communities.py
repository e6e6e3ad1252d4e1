"""Communities: the pieces of oversized components, by Leiden."""

import random

import igraph
import numpy as np
import numpy.typing as npt

from graphfraud.settings import RingSettings
from graphfraud.snapshot.links import Links, components


def communities(linked: Links, *, settings: RingSettings, seed: int) -> npt.NDArray[np.int32]:
    """Component of each person, numbered by its smallest person.

    Components above ``settings.max_size`` are split by Leiden with the constant Potts model (Traag et al.
    2019) at rising resolution until every piece fits. Seed and edge order are fixed, so the split is too.
    """
    labels = components(linked)
    sizes = np.bincount(labels, minlength=linked.people)
    inside = labels[linked.a]
    for label in np.flatnonzero(sizes > settings.max_size):
        _split(labels, linked.where(inside == label), settings=settings, seed=seed)
    return labels


def _split(labels: npt.NDArray[np.int32], linked: Links, *, settings: RingSettings, seed: int) -> None:
    """Relabel the people of one component by the smallest person of their community."""
    people = np.unique(np.concatenate([linked.a, linked.b]))
    edges = np.stack([np.searchsorted(people, linked.a), np.searchsorted(people, linked.b)], axis=1)
    graph = igraph.Graph(n=len(people), edges=edges.tolist())
    weights = (linked.weight / settings.min_pair_weight).tolist()
    resolution = settings.resolution
    while True:
        igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - a fixed order, not a secret
        parts = graph.community_leiden(objective_function="CPM", weights=weights, resolution=resolution, n_iterations=4)
        if max(parts.sizes()) <= settings.max_size:
            break
        resolution *= 2
    for part in parts:
        members = people[part]
        labels[members] = members.min()
