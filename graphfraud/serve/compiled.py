"""The three loops over every id and value of a batch, compiled.

In NumPy each would be a dozen passes, and the interpreter's lock is let go and fought for in
between; here each is one. :func:`compile_ahead` makes them before anybody waits.
"""

from typing import Any, Final

import numba as nb
import numpy as np
import numpy.typing as npt

TILE: Final = 32
"""So many rows of features stay in the first cache while they are turned into columns; a multiple of eight."""
_REFINED: Final = 2
"""Steps by the mean distance of hashes, after which the place is off by a few."""
_UNDER_NULL: Final = -(2.0**53)
"""What stands where a whole number is null; one below every whole number that serving files carry."""

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@nb.njit(cache=True)
def parted(joined: Bytes, count: int) -> tuple[npt.NDArray[np.int32], Bytes]:
    """So many texts with a NUL between two as a column of Arrow: offsets, and bytes with nothing between.

    Cost: about 1 ns a byte.
    """
    bounds = np.zeros(count + 1, np.int32)
    packed = np.empty(len(joined), np.uint8)
    size, text = 0, 0
    for byte in joined:
        packed[size] = byte
        if byte:
            size += 1
        else:
            text += 1
            bounds[text] = size
    bounds[count] = size
    return bounds, packed[:size]


@nb.njit(cache=True)
def _first_place(hashes: Hashes, digest: np.uint64, scale: float) -> int:
    """The first place whose hash is not below this one: near the one where even hashes would have it."""
    last = len(hashes) - 1
    half = np.int64(digest >> np.uint64(1))
    place = min(int(half * scale), last)
    for _ in range(_REFINED):
        apart = half - np.int64(hashes[place] >> np.uint64(1))
        place = min(max(place + int(apart * scale), 0), last)
    low = high = place
    step = 1
    if hashes[place] < digest:
        low = high = place + 1
        while high <= last and hashes[high] < digest:
            low = high + 1
            high = low + step
            step *= 2
        high = min(high, last + 1)
    else:
        while low > 0 and hashes[low - 1] >= digest:
            high = low - 1
            low = high - step
            step *= 2
        low = max(low, 0)
    while low < high:
        middle = (low + high) // 2
        if hashes[middle] < digest:
            low = middle + 1
        else:
            high = middle
    return low


@nb.njit(cache=True)
def found_rows(  # noqa: PLR0913 - plain arrays are what compiled code takes
    hashes: Hashes,
    hash_rows: npt.NDArray[np.uint32],
    id_bounds: Longs,
    id_bytes: Bytes,
    digests: Hashes,
    bounds: npt.NDArray[np.int32],
    packed: Bytes,
) -> Longs:
    """Row of each id that is asked, -1 where nobody has it; whoever has its hash is compared byte by byte.

    The index is ``hashes``, rising, with their rows. Cost: about 60 ns an id among 20,000.
    """
    count, people = len(digests), len(hashes)
    places = np.empty(count, np.int64)
    rows = np.full(count, -1, np.int64)
    for asked in range(count):  # first all places, then all rows: memory is waited for side by side
        places[asked] = _first_place(hashes, digests[asked], people / 2.0**63)
    for asked in range(count):
        place = places[asked]
        while rows[asked] < 0 and place < people and hashes[place] == digests[asked]:
            row = np.int64(hash_rows[place])
            start, first = id_bounds[row], bounds[asked]
            size = bounds[asked + 1] - first
            differ = np.int64(id_bounds[row + 1] - start != size)
            if not differ:
                for byte in range(size):
                    differ |= np.int64(id_bytes[start + byte] ^ packed[first + byte])
            if not differ:
                rows[asked] = row
            place += 1
    return rows


@nb.njit(cache=True)
def _fill_tile(matrix: Floats, rows: Longs, tile: Floats) -> None:
    """Copy these rows of the matrix; a row of -1 is NaN throughout."""
    for line in range(len(rows)):
        row = rows[line]
        for slot in range(matrix.shape[1]):
            tile[line, slot] = matrix[row, slot] if row >= 0 else np.nan


@nb.njit(cache=True)
def _bits(lines: Floats, known: Longs, yes: Longs, missing: Longs) -> None:
    """Of at most eight lines a bit each: which values of a slot are known, which are one; count those that are not."""
    known[:] = 0
    yes[:] = 0
    for line in range(len(lines)):
        bit = np.int64(1 << line)
        for slot in range(lines.shape[1]):
            value = lines[line, slot]
            known[slot] |= bit if value == value else 0  # only NaN differs from itself
            yes[slot] |= bit if value == 1.0 else 0
            missing[slot] += 0 if value == value else 1


@nb.njit(cache=True)
def _turn(tile: Floats, size: int, slots: Longs, columns: Floats) -> None:
    for place in range(len(slots)):
        for line in range(size):
            columns[place, line] = tile[line, slots[place]]


@nb.njit(cache=True)
def _turn_whole(tile: Floats, size: int, slots: Longs, columns: Longs) -> None:
    for place in range(len(slots)):
        for line in range(size):
            value = tile[line, slots[place]]
            columns[place, line] = np.int64(value if value >= _UNDER_NULL else _UNDER_NULL)


@nb.njit(cache=True)
def fill_columns(  # noqa: PLR0913 - plain arrays are what compiled code takes
    matrix: Floats,
    rows: Longs,
    slots: tuple[Longs, Longs, Longs],
    order: Longs,
    validity: Bytes,
    floats: Floats,
    ints: Longs,
    flags: Bytes,
) -> Longs:
    """Write values of these rows column by column as Arrow keeps them; how many of each feature are null.

    ``slots`` are the columns of the matrix with floats, whole numbers and flags, ``order`` all of them
    as ``validity`` has them, a row of bits each; a row of -1 is null throughout. Cost: about 1.5 ns a value.
    """
    width = matrix.shape[1]
    tile = np.empty((TILE, width), np.float64)
    known, yes, missing = np.empty(width, np.int64), np.empty(width, np.int64), np.zeros(width, np.int64)
    for start in range(0, len(rows), TILE):
        size = min(TILE, len(rows) - start)
        _fill_tile(matrix, rows[start : start + size], tile)
        for first in range(0, size, 8):
            _bits(tile[first : min(first + 8, size)], known, yes, missing)
            byte = (start + first) >> 3
            for place in range(len(order)):
                validity[place, byte] = known[order[place]]
            for place in range(len(slots[2])):
                flags[place, byte] = yes[slots[2][place]]
        _turn(tile, size, slots[0], floats[:, start:])
        _turn_whole(tile, size, slots[1], ints[:, start:])
    return missing[order]


def compile_ahead() -> None:
    """Compile for arrays as serving files give them, or load what was compiled before.

    Cost: 2 to 3 s once after an installation, .3 s at each start.
    """

    def mapped(kind: type[np.generic], values: int = 1) -> npt.NDArray[Any]:
        return np.frombuffer(bytes(np.dtype(kind).itemsize * values), kind)  # not to be written, like a mapped file

    bounds, packed = parted(mapped(np.uint8), 2)
    index = mapped(np.uint64), mapped(np.uint32), mapped(np.int64, 2), mapped(np.uint8)
    found_rows(*index, np.zeros(2, np.uint64), bounds, packed)
    nothing = np.zeros(0, np.int64)
    bits, floats = np.zeros((0, 0), np.uint8), np.zeros((0, 0))
    fill_columns(
        mapped(np.float64).reshape(1, 1), nothing, (nothing, nothing, nothing), nothing, bits, floats,
        np.zeros((0, 0), np.int64), bits,
    )  # fmt: skip
