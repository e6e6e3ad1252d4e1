"""Candidates: groups of people held together by guarded links, the oversized ones split by Leiden."""

import random

import igraph
import numpy as np
import numpy.typing as npt

from graphfraud.settings import RingSettings
from graphfraud.snapshot.links import Links, components

NOBODY = -1


def candidates(linked: Links, *, settings: RingSettings, seed: int) -> npt.NDArray[np.int32]:
    """Group of each person, numbered from 0 by its smallest person; ``NOBODY`` where there is none.

    Components above ``settings.max_size`` are split by Leiden with the constant Potts model (Traag et al.
    2019) at rising resolution until every piece fits. Seed and edge order are fixed, so the split is too.
    """
    labels = components(linked)
    sizes = np.bincount(labels, minlength=linked.people)
    inside = labels[linked.a]
    for label in np.flatnonzero(sizes > settings.max_size):
        rows = np.flatnonzero(inside == label)
        _split(labels, linked.where(_mask(rows, len(linked))), settings=settings, seed=seed)
    return _numbered(labels, settings.min_size)


def _mask(rows: npt.NDArray[np.int64], length: int) -> npt.NDArray[np.bool_]:
    mask = np.zeros(length, bool)
    mask[rows] = True
    return mask


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


def _numbered(labels: npt.NDArray[np.int32], min_size: int) -> npt.NDArray[np.int32]:
    sizes = np.bincount(labels, minlength=len(labels))
    kept = np.flatnonzero(sizes >= min_size)
    number = np.full(len(labels), NOBODY, np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    return number[labels] if len(labels) else labels
