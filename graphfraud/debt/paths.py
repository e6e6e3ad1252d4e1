"""The path that carries most: through whom, over several people, the largest expected loss comes to somebody."""

from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.debt.exposures import KINDS, Exposures

HOPS: Final = 4
"""A path names at most so many debtors."""
WORDS: Final = {
    "guarantee": (" answers for ", " yuan that ", " owes"),
    "household": (" would bear ", " yuan of what ", " owes, sharing a home"),
    "business": (" would bear ", " yuan of what ", " owes, sharing an account"),
    "payment": (" received ", " yuan in 90 days from ", ""),
    "contact": (" would be asked for ", " yuan of what ", " owes, as emergency contact"),
    "friend": (" would be asked for ", " yuan of what ", " owes, as a friend"),
    "group": (" would be asked for ", " yuan of what ", " owes, in a small group"),
}
"""By kind of tie what stands after the exposed person, after the amount, and after the debtor."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def top_paths(exposed: Exposures, buffer: Ints, own: Floats, ids: pa.Array) -> pa.Array:
    """For each person the path of the largest expected loss, in words; null for who is exposed to nobody.

    A path from i over j to k carries what i loses by j, times the part of j's buffer that j loses by k,
    times k's own probability of default. A path that would come back to somebody ends before.
    """
    rows = carrying(exposed, buffer, own)
    whole = pa.nulls(exposed.people, pa.string())
    owner = exposed.exposed
    for hop in range(HOPS):
        row = rows[:, hop]
        used = row >= 0
        at = np.where(used, row, 0)
        words = _words(exposed, owner, at, used, ids) if len(exposed) else pa.nulls(exposed.people, pa.string())
        added = pc.fill_null(pc.binary_join_element_wise("; ", words, ""), "")
        whole = words if hop == 0 else pc.binary_join_element_wise(whole, added, "")
    return pc.if_else(pa.array(rows[:, 0] >= 0), whole, pa.scalar(None, pa.string()))


def carrying(exposed: Exposures, buffer: Ints, own: Floats) -> Ints:
    """Rows of the exposures along each person's path, -1 behind its end (people x :data:`HOPS`).

    Cost: one pass over the exposures a hop. Of equal paths the one with the smaller debtor counts.
    """
    weight = np.minimum(1.0, exposed.fen / buffer[exposed.exposed])
    return np.asarray(_carrying(exposed.bounds, exposed.debtor, exposed.fen, weight, own, HOPS))


def _words(
    exposed: Exposures, owner: npt.NDArray[np.int32], at: Ints, used: npt.NDArray[np.bool_], ids: pa.Array
) -> pa.Array:
    """One exposure a person in words, null where ``used`` is false."""
    kinds = exposed.kinds[at]
    first = np.argmax(np.stack([kinds & (1 << place) for place in range(len(KINDS))]) > 0, axis=0)
    start, middle, end = (pa.array([WORDS[kind][part] for kind in KINDS]).take(pa.array(first)) for part in range(3))
    one, other = ids.take(pa.array(owner[at])), ids.take(pa.array(exposed.debtor[at]))
    words = pc.binary_join_element_wise(one, start, _yuan(exposed.fen[at]), middle, other, end, "")
    return pc.if_else(pa.array(used), words, pa.scalar(None, pa.string()))


def _yuan(fen: Ints) -> pa.Array:
    whole = pc.cast(pa.array(fen // 100), pa.string())
    return pc.binary_join_element_wise(whole, pc.utf8_lpad(pc.cast(pa.array(fen % 100), pa.string()), 2, "0"), ".")


@nb.njit(cache=True)
def _carrying(
    bounds: npt.NDArray[np.int64],
    debtor: npt.NDArray[np.int32],
    fen: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
    own: npt.NDArray[np.float64],
    hops: int,
) -> npt.NDArray[np.int64]:
    people = len(own)
    best, through = own.copy(), np.full((hops, people), -1, np.int64)
    for hop in range(1, hops):
        longer = own.copy()
        for j in range(people):
            for e in range(bounds[j], bounds[j + 1]):
                if weight[e] * best[debtor[e]] > longer[j]:
                    longer[j], through[hop, j] = weight[e] * best[debtor[e]], e
        best = longer
    rows = np.full((people, hops), -1, np.int64)
    for i in range(people):
        most = 0.0
        for e in range(bounds[i], bounds[i + 1]):
            if fen[e] * best[debtor[e]] > most:
                most, rows[i, 0] = fen[e] * best[debtor[e]], e
        if rows[i, 0] >= 0:
            _follow(i, rows, through, debtor)
    return rows


@nb.njit(cache=True)
def _follow(i: int, rows: npt.NDArray[np.int64], through: npt.NDArray[np.int64], debtor: npt.NDArray[np.int32]) -> None:
    """Write the rest of the path of i, up to where it would come back."""
    hops = rows.shape[1]
    for hop in range(1, hops):
        row = through[hops - hop, debtor[rows[i, hop - 1]]]
        if row < 0 or debtor[row] == i:
            return
        for earlier in range(hop):
            if debtor[rows[i, earlier]] == debtor[row]:
                return
        rows[i, hop] = row
