"""Unions: pieces of one ring that different evidence found, proposed as one."""

import numpy as np
import numpy.typing as npt

from graphfraud.rings.families import FAMILIES
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import ByPerson, Groups, Ints, Rows, spans
from graphfraud.rings.pairs import acquainted
from graphfraud.settings import RingSettings
from graphfraud.snapshot.links import Links

Pairs = tuple[Rows, Rows]


def unions(
    ground: Ground, pieces: Groups, bond: npt.NDArray[np.int64], over: Links, *, settings: RingSettings
) -> Groups:
    """Every two pieces that share half of the smaller, or that one bond holds and two ties or a gap join, as one group.

    Friendships and payments join only pieces of one family: they are what camouflage is made of. A gap
    (see :mod:`graphfraud.rings.gaps`) says as much as two ties.
    Cost: the ties of the members of the pieces.
    """
    index = ByPerson.of(pieces.person, ground.people)
    holder = pieces.number[index.row]
    everybody = np.arange(ground.people)
    near, far = ground.tied, acquainted(ground.snapshot, ground.flows.transfers)
    common = _counted(len(pieces), *_crossed(index, holder, everybody, everybody))
    firm = (np.concatenate([near.a, over.a, over.a]), np.concatenate([near.b, over.b, over.b]))
    tied = _counted(len(pieces), *_crossed(index, holder, *_held(index, *firm)))
    known = _counted(len(pieces), *_crossed(index, holder, *_held(index, *far)))
    low, high, overlap, times = _matched(len(pieces), common, tied, known, pieces.family)
    smaller = np.minimum(pieces.size[low], pieces.size[high])
    joins = (2 * overlap >= smaller) | ((bond[low] == bond[high]) & (2 * overlap + times >= 2))
    return _merged(ground, pieces, low[joins], high[joins]).sized(settings.min_size, settings.max_size)


def _counted(pieces: int, low: Rows, high: Rows) -> Pairs:
    """Pairs of pieces as one number each, and how often they occur."""
    return np.unique(low * max(pieces, 1) + high, return_counts=True)


def _matched(
    pieces: int, common: Pairs, tied: Pairs, known: Pairs, family: npt.NDArray[np.int8]
) -> tuple[Rows, Rows, Rows, Rows]:
    """Each pair once: its people in common and its ties, loose ones only within a family."""
    key = np.unique(np.concatenate([common[0], tied[0], known[0]]))
    low, high = key // max(pieces, 1), key % max(pieces, 1)
    overlap, times, loose = np.zeros((3, len(key)), np.int64)
    for counts, (pairs, count) in ((overlap, common), (times, tied), (loose, known)):
        counts[np.searchsorted(key, pairs)] = count
    return low, high, overlap, times + loose * (family[low] == family[high])


def _held(index: ByPerson, a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """The pairs of people who both are in a piece."""
    known = np.diff(index.start) > 0
    kept = known[a] & known[b]
    return a[kept], b[kept]


def _crossed(index: ByPerson, holder: Rows, a: Ints, b: Ints) -> Pairs:
    """For each pair of people, the pairs (smaller, larger) of different pieces that hold one and the other."""
    many_a, many_b = (np.diff(index.start)[side] for side in (a, b))
    row = np.repeat(np.arange(len(a)), many_a * many_b)
    step = spans(np.zeros(len(a), np.int64), many_a * many_b)
    first = holder[index.start[a][row] + step // np.maximum(many_b[row], 1)]
    second = holder[index.start[b][row] + step % np.maximum(many_b[row], 1)]
    low, high = np.minimum(first, second), np.maximum(first, second)
    return low[low < high], high[low < high]


def _merged(ground: Ground, pieces: Groups, one: Rows, other: Rows) -> Groups:
    number = np.arange(len(one))
    rows = [spans(pieces.start[side], pieces.size[side]) for side in (one, other)]
    group = np.concatenate([np.repeat(number, pieces.size[side]) for side in (one, other)])
    return Groups.of(ground.people, group, pieces.person[np.concatenate(rows)], FAMILIES.index("union"))
