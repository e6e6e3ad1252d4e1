"""Members: how likely each member, and each outsider tied to a group, belongs to the ring that the group is about.

Evidence of one kind sweeps in bystanders and misses members whose link was never recorded.
So each person is asked alone: how firmly tied to the rest, how much of the person's own
ties stay inside, by how many kinds of things, and how often other promising groups, the
nearer the more, hold the person too, and how close in time to the others the person acted.
Boosted trees over that give a probability; the set with the greatest expected Jaccard index
is the group refined.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array, csr_array

from graphfraud.rings.acts import Acts, by_code, codes
from graphfraud.rings.families import FAMILIES
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Flags, Floats, Groups, Rows
from graphfraud.rings.suspects import Suspects
from graphfraud.settings import RingSettings
from graphfraud.snapshot.links import Links

MEMBER: Final = (
    "INSIDE",
    "FIRM",
    "FIRM-REACH",
    "FIRM-SHARE",
    "LOOSE",
    "LOOSE-SHARE",
    "KINDS",
    "VOTES",
    "VOTES-RANK",
    "SUSPICION",
    "KNOWN",
    "GROUP-SIZE",
    "GROUP-ODDS",
    *codes("CLOSE", "DENSE", "OTHERS", "DID"),
)
"""Terms of a person beside a group in a fixed order, each between 0 and 1.

The last are for each kind of act: how close in time to the others, how close together the others, how many of
them did it, and whether the person did.
"""
ENOUGH: Final = 4.0
"""So much weight of firm ties is as much as can be."""


@dataclass(frozen=True, eq=False)
class Beside:
    """People beside groups, sorted by group, then person: members and outsiders tied to members; terms of each."""

    group: Rows
    person: Rows
    inside: Flags
    terms: Mapping[str, Floats]


def beside(ground: Ground, groups: Groups, odds: Floats, among: Suspects) -> Beside:
    """Everybody who is in a group or tied to it; ``odds`` are log-odds as 0 to 1."""
    ground_ties, known = (ground.tied, ground.loose), ground.known
    people, size = groups.people, groups.size
    incidence = csr_array((np.ones(len(groups.person)), groups.person, groups.start), shape=(len(groups), people))
    firm, loose = (_matrix(linked) for linked in ground_ties)
    to_firm, to_loose = incidence @ firm, incidence @ loose
    reach, kinds = incidence @ _ones(firm), incidence @ _kinds(ground_ties[0])
    near = _votes(incidence, odds, size)
    key = np.unique(np.concatenate([_keys(matrix, people) for matrix in (incidence, to_firm, near)]))
    group, person = key // people, key % people
    inside = _at(incidence, key) > 0
    votes = _at(near, key)
    other = np.maximum(size[group] - inside, 1)
    firm_volume, loose_volume = (np.asarray(matrix.sum(axis=0)).ravel() for matrix in (firm, loose))
    best = np.zeros(len(groups))
    np.maximum.at(best, group, votes)
    pull = _at(to_firm, key)
    return Beside(
        group,
        person,
        inside,
        {
            "INSIDE": inside.astype(np.float64),
            "FIRM": np.minimum(pull / ENOUGH, 1.0),
            "FIRM-REACH": np.minimum(_at(reach, key) / other, 1.0),
            "FIRM-SHARE": pull / np.maximum(firm_volume[person], 1e-9),
            "LOOSE": np.minimum(_at(to_loose, key) / 3.0, 1.0),
            "LOOSE-SHARE": _at(to_loose, key) / np.maximum(loose_volume[person], 1e-9),
            "KINDS": np.minimum(_at(kinds, key) / (2.0 * other), 1.0),
            "VOTES": votes,
            "VOTES-RANK": votes / np.maximum(best[group], 1e-9),
            "SUSPICION": among.suspicion[person],
            "KNOWN": known[person].astype(np.float64),
            "GROUP-SIZE": np.clip(np.log2(size[group] / 3.0) / 4.0, 0.0, 1.0),
            "GROUP-ODDS": odds[group],
            **_in_time(ground.acts, groups, (group, person, inside)),
        },
    )


def _in_time(done: Acts, groups: Groups, rows: tuple[Rows, Rows, Flags]) -> dict[str, Floats]:
    """The person's acts beside those of the other members of the group."""
    group, person, inside = rows
    own = done.of(person)
    others = done.sums(groups).take(group) - own.only(inside)
    many = np.maximum(groups.size[group] - inside, 1)
    return by_code({"CLOSE": own.close(others), "DENSE": others.dense, "OTHERS": others.count / many, "DID": own.count})


def expected(found: Beside, chance: Floats, groups: int) -> Floats:
    """Expected Jaccard index of each group as it is with the people who belong."""
    inside = found.inside
    right = np.bincount(found.group[inside], chance[inside], groups)
    missed = np.bincount(found.group[~inside], chance[~inside], groups)
    return np.asarray(right / np.maximum(np.bincount(found.group[inside], minlength=groups) + missed, 1e-9))


def refined(found: Beside, chance: Floats, people: int, *, settings: RingSettings) -> Groups:
    """For each group the people with the greatest expected Jaccard index."""
    order = np.lexsort((found.person, -np.round(chance, 9), found.group))
    group, person, sure = found.group[order], found.person[order], chance[order]
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]][: len(group)])
    number = np.cumsum(np.r_[True, group[1:] != group[:-1]][: len(group)]) - 1
    running = np.cumsum(sure)
    before = (running - sure)[first][number] if len(first) else running
    taken = running - before
    count = np.arange(len(group)) - first[number] + 1 if len(first) else running
    total = np.bincount(number, sure)[number] if len(first) else running
    value = np.round(taken / np.maximum(count + total - taken, 1e-9), 9)
    best = np.zeros(len(first))
    np.maximum.at(best, number, value)
    last = np.full(len(first), len(group))
    np.minimum.at(last, number[value == best[number]], count[value == best[number]])
    keep = count <= last[number]
    family = FAMILIES.index("refined")
    return Groups.of(people, group[keep], person[keep], family).sized(settings.min_size, settings.max_size)


def _votes(incidence: csr_array, odds: Floats, size: Rows) -> csr_array:
    """Share of the votes of all groups, each with its odds times its Jaccard index with a group, for each person."""
    common = (incidence @ incidence.T).tocoo()
    union = size[common.row] + size[common.col] - common.data
    weight = odds[common.col] * common.data / union
    voters = coo_array((weight, (common.row, common.col)), shape=common.shape).tocsr()
    total = np.maximum(np.asarray(voters.sum(axis=1)).ravel(), 1e-9)
    votes = (voters @ incidence).tocoo()
    return coo_array((votes.data / total[votes.row], (votes.row, votes.col)), shape=votes.shape).tocsr()


def _matrix(linked: Links) -> csr_array:
    half = coo_array((linked.weight, (linked.a, linked.b)), shape=(linked.people, linked.people)).tocsr()
    return half + half.T


def _kinds(linked: Links) -> csr_array:
    """Number of types of things that tie each pair; a flow or guarantee counts one."""
    count = np.maximum(np.bitwise_count(linked.types), 1).astype(np.float64)
    half = coo_array((count, (linked.a, linked.b)), shape=(linked.people, linked.people)).tocsr()
    return half + half.T


def _ones(matrix: csr_array) -> csr_array:
    return csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)


def _keys(matrix: csr_array, people: int) -> Rows:
    found = matrix.tocoo()
    return found.row.astype(np.int64) * people + found.col


def _at(matrix: csr_array, key: Rows) -> Floats:
    """Values of a matrix at places that may be empty."""
    matrix.sort_indices()
    known = _keys(matrix, matrix.shape[1])
    values = matrix.tocoo().data
    if not len(known):
        return np.zeros(len(key))
    place = np.minimum(np.searchsorted(known, key), len(known) - 1)
    return np.where(known[place] == key, values[place], 0.0)
