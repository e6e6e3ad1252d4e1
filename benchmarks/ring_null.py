"""Worlds without rings: the same people and things, every tie drawn anew while everybody keeps their number of ties."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.snapshot.graph import Relation, Snapshot

Array = npt.NDArray[np.generic]

TIES: Final = {
    "logins": (("person_id", "device_id"), ("person_id", "ip")),
    "applications": (("person_id", "device_id"), ("person_id", "ip")),
    "payments": (("payer_id", "payee_id"),),
    "guarantees": (("person_id", "guarantor_id"),),
    "contacts": (("person_id", "contact_id"),),
    "friendships": (("person_id", "friend_id"),),
    "group_memberships": (("person_id", "group_id"),),
    "reports": (("person_id", "reporter_id"),),
}
"""Which columns tie what to what; identifiers are drawn within their kind."""


def rewired(snapshot: Snapshot, *, seed: int) -> Snapshot:
    """A draw of the bipartite configuration model: each pair keeps its rows, its second end goes to another pair."""
    rng = np.random.default_rng(seed)
    relations = dict(snapshot.relations)
    for name, ties in TIES.items():
        columns = dict(relations[name].columns)
        for one, other in ties:
            part = _shop(snapshot, columns[other]) if name == "payments" else np.zeros(len(columns[other]), np.int64)
            columns[other] = _drawn(rng, columns[one], columns[other], part)
        relations[name] = _ordered(name, _apart(columns, *ties[0]))
    papers = dict(relations["identifiers"].columns)
    papers["value"] = _drawn(rng, papers["person_id"], papers["value"], papers["kind"].astype(np.int64))
    relations["identifiers"] = _ordered("identifiers", papers)
    return replace(snapshot, relations=relations)


def without_labels(snapshot: Snapshot) -> Snapshot:
    """The same snapshot, nobody known as anything."""
    labels = snapshot["labels"]
    empty = Relation("labels", {name: values[:0] for name, values in labels.columns.items()})
    return replace(snapshot, relations=dict(snapshot.relations) | {"labels": empty})


def _shop(snapshot: Snapshot, party: Array) -> Array:
    """Payments to people and to organisations, from either, stay what they are."""
    return (party >= snapshot.people).astype(np.int64)


def _drawn(rng: np.random.Generator, one: Array, other: Array, part: Array) -> Array:
    """``other`` drawn anew among the distinct pairs of each part; nothing stays nothing."""
    known = np.flatnonzero(other >= 0)
    pairs, place = np.unique(np.stack([part[known], one[known], other[known]]), axis=1, return_inverse=True)
    fresh = pairs[2].copy()
    for value in np.unique(pairs[0]):
        rows = np.flatnonzero(pairs[0] == value)
        fresh[rows] = rng.permutation(fresh[rows])
    answer = other.copy()
    answer[known] = fresh[place.ravel()]
    return answer


def _apart(columns: dict[str, Array], one: str, other: str) -> dict[str, Array]:
    """Without rows that tie somebody to himself."""
    keep = columns[one] != columns[other] if other in _PEOPLE else np.ones(len(columns[one]), bool)
    return {name: values[keep] for name, values in columns.items()}


_PEOPLE: Final = {"payee_id", "guarantor_id", "contact_id", "friend_id", "reporter_id"}


def _ordered(name: str, columns: dict[str, Array]) -> Relation:
    """Rows in the canonical order of a snapshot."""
    order = np.lexsort(tuple(columns.values())[::-1])
    return Relation(name, {column: np.ascontiguousarray(values[order]) for column, values in columns.items()})
