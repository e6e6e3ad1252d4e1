"""Parts: does a promising group belong to one ring with the rest of a larger one?

Every two promising groups of which one lies inside the other are a part and a whole. Terms
of the pair say how firmly the part hangs on the rest, whether what holds the part holds
the whole too, whether the whole is surer than the part, whether both acted at one time, and
what is found about part and whole each; boosted trees over them give the probability that
part and rest are of one ring.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array, csr_array

from graphfraud.rings.acts import Acts, Sums, by_code, codes
from graphfraud.rings.bond import holds
from graphfraud.rings.groups import Floats, Groups, Rows
from graphfraud.rings.suspects import Suspects
from graphfraud.rings.terms import TERMS
from graphfraud.snapshot.links import Links

PARTS: Final = (
    "HANGS-FIRMLY",
    "HANGS-LOOSELY",
    "NO-FIRM-TIE",
    "NO-LOOSE-TIE",
    "TIED-REST",
    "SHARE",
    "PART-SIZE",
    "REST-SIZE",
    "PART-ODDS",
    "WHOLE-SURER",
    "PART-SURER",
    "BOND-KEPT",
    "BOND-LOST",
    *codes("CLOSE", "PART-DENSE", "REST-DENSE", "PART-DID", "REST-DID"),
    *(f"{side}-{term.code}" for side in ("PART", "WHOLE") for term in TERMS),
)
"""Terms of a pair in a fixed order, each between 0 and 1."""
INSIDE: Final = 0.8
"""A group lies inside another when so much of it does."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Part and whole as places in the groups, and the terms of each pair."""

    part: Rows
    whole: Rows
    terms: Mapping[str, Floats]


def pairs(groups: Groups, odds: Floats, found: Mapping[str, Floats], among: Suspects, done: Acts) -> Pairs:
    """Every part and whole; ``odds`` are log-odds as 0 to 1. Cost: the pairs of groups that share people."""
    ones = np.ones(len(groups.person))
    incidence = csr_array((ones, groups.person, groups.start), shape=(len(groups), groups.people))
    common = (incidence @ incidence.T).tocoo()
    size = groups.size
    inside = (common.row != common.col) & (common.data >= INSIDE * size[common.row])
    inside &= size[common.col] > size[common.row]
    part, whole = common.row[inside].astype(np.int64), common.col[inside].astype(np.int64)
    rest = np.maximum(size[whole] - common.data[inside], 1)
    firm, firm_tied = _hanging(incidence, among.firm, part, whole)
    loose, loose_tied = _hanging(incidence, among.loose, part, whole)
    tied = _reached(incidence, among, part, whole)
    held = holds(found)
    kind = np.argmax(held[:, part], axis=0)
    kept = held[kind, whole]
    return Pairs(
        part,
        whole,
        {
            "HANGS-FIRMLY": firm,
            "HANGS-LOOSELY": loose,
            "NO-FIRM-TIE": 1.0 - firm_tied,
            "NO-LOOSE-TIE": 1.0 - loose_tied,
            "TIED-REST": tied / rest,
            "SHARE": size[part] / size[whole],
            "PART-SIZE": _scaled(size[part]),
            "REST-SIZE": _scaled(rest),
            "PART-ODDS": odds[part],
            "WHOLE-SURER": np.clip(odds[whole] - odds[part], 0.0, 1.0),
            "PART-SURER": np.clip(odds[part] - odds[whole], 0.0, 1.0),
            "BOND-KEPT": kept,
            "BOND-LOST": np.clip(held[kind, part] - kept, 0.0, 1.0),
            **_in_time(done.sums(groups), part, whole, size[part], rest),
            **{f"PART-{term.code}": found[term.code][part] for term in TERMS},
            **{f"WHOLE-{term.code}": found[term.code][whole] for term in TERMS},
        },
    )


def _in_time(sums: Sums, part: Rows, whole: Rows, parts: Rows, rests: Rows) -> dict[str, Floats]:
    """The acts of each part beside those of the rest; the few of a part who are not in the whole are taken off too."""
    of_part = sums.take(part)
    of_rest = sums.take(whole) - of_part
    return by_code(
        {
            "CLOSE": of_part.close(of_rest),
            "PART-DENSE": of_part.dense,
            "REST-DENSE": of_rest.dense,
            "PART-DID": of_part.count / parts,
            "REST-DID": np.clip(of_rest.count / rests, 0.0, 1.0),
        }
    )


def _scaled(size: Rows | Floats) -> Floats:
    return np.clip(np.log2(np.maximum(size, 1)) / 6.0, 0.0, 1.0)


def _hanging(incidence: csr_array, linked: Links, part: Rows, whole: Rows) -> tuple[Floats, Floats]:
    """Conductance of each part in its whole: weight of ties to the rest over the lesser side's; if there are any."""
    reach = incidence @ _matrix(linked, incidence.shape[1])
    of_part, of_whole = incidence[part], incidence[whole]
    own = _dot(reach[part], of_part)
    to_whole, total = _dot(reach[part], of_whole), _dot(reach[whole], of_whole)
    cut, lesser = np.maximum(to_whole - own, 0.0), np.minimum(to_whole, total - to_whole)
    share = np.clip(np.divide(cut, lesser, out=np.zeros(len(cut)), where=lesser > 1e-9), 0.0, 1.0)
    return share, (cut > 1e-9).astype(np.float64)


def _reached(incidence: csr_array, among: Suspects, part: Rows, whole: Rows) -> Floats:
    """How many people of the rest are tied to somebody in the part."""
    people = incidence.shape[1]
    tied = _matrix(among.firm, people) + _matrix(among.loose, people)
    tied.data[:] = 1.0
    reach = incidence @ tied
    reach.data[:] = 1.0
    near, of_part = reach[part], incidence[part]
    return _dot(near, incidence[whole]) - _dot(near.multiply(of_part).tocsr(), incidence[whole])


def _matrix(linked: Links, people: int) -> csr_array:
    tied = coo_array((linked.weight, (linked.a, linked.b)), shape=(people, people)).tocsr()
    return tied + tied.T


def _dot(one: csr_array, other: csr_array) -> Floats:
    return np.asarray(one.multiply(other).sum(axis=1)).ravel()
