"""CSV bytes cut into records and fields, with an exact place for every fault.

DuckDB's reader types the values later, but it does not cut them: on faulty files it
loses the good rows behind an unclosed quote, loses an unfinished last row in silence,
refuses mixed line ends as a whole, and does not number rows. Here a record that cannot
be cut (quotes that do not close, too few or too many fields) ends with its first line,
and the next line is tried again, so that one bad line costs one row.
"""

from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]

FAULTS: Final = ("", "unclosed quote", "too few columns", "too many columns")
"""Reasons by fault code; 0 is a good record."""

_COMMA: Final = 44
_QUOTE: Final = 34
_LINE_FEED: Final = 10
_RETURN: Final = 13
_UNCLOSED: Final = 1
_TOO_FEW: Final = 2
_TOO_MANY: Final = 3
_CUT_OFF: Final = 4
_MAX_CONTINUATIONS: Final = 3  # of one UTF-8 character
_MAX_QUOTED_LINES: Final = 65_536
"""A quoted value over several lines and longer than this was never closed."""


@dataclass(frozen=True)
class Records:
    """Where the records of one buffer are.

    ``faults`` has a code for each record. ``starts`` and ``ends`` are [field, good record],
    quotes excluded; ``lines`` is [2, faulty record], the first line of each. The bytes
    after ``used`` are an unfinished record.
    """

    data: Bytes
    faults: Bytes
    starts: Places
    ends: Places
    lines: Places
    used: int

    def values(self, field: int) -> pa.Array:
        """Bytes of one field in the good records, doubled quotes made single."""
        return _values(self.data, self.starts[field], self.ends[field])

    def first_lines(self, longest: int) -> pa.Array:
        """The first line of the faulty records, at most ``longest`` bytes of it."""
        start, whole = self.lines
        end = np.minimum(whole, start + longest).astype(np.int32)
        for _ in range(_MAX_CONTINUATIONS):  # never stop inside a character
            following = self.data[np.minimum(end, self.data.size - 1)]
            end -= ((end < whole) & (following & 0xC0 == 0x80)).astype(np.int32)
        return _values(self.data, start, end)


def cut(data: Bytes, width: int, *, last: bool) -> Records:
    """Cut a buffer into records of ``width`` fields; blank lines are no records.

    ``last``: nothing follows, so the end of the buffer ends a record too.
    Cost: O(bytes), a few ns each; at most 20 bytes of memory a byte.
    """
    lines_room = int(np.count_nonzero(data == _LINE_FEED)) + 1
    good_room = data.size // width + 2  # a good record has a byte after each field, the last may lack it
    starts = np.empty((width, good_room), np.int32)
    ends = np.empty((width, good_room), np.int32)
    lines = np.empty((2, lines_room), np.int32)
    faults = np.empty(lines_room, np.uint8)
    good, bad, used = _cut(data, last, starts, ends, lines, faults)
    return Records(data, faults[: good + bad], starts[:, :good], ends[:, :good], lines[:, :bad], used)


def _values(data: Bytes, starts: Places, ends: Places) -> pa.Array:
    offsets = np.zeros(starts.size + 1, np.int32)
    content = np.empty(int((ends - starts).sum(dtype=np.int64)), np.uint8)
    _gather(data, starts, ends, content, offsets)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(content)]
    return pa.Array.from_buffers(pa.binary(), starts.size, buffers)


@numba.njit(cache=True)
def _cut(data: Bytes, last: bool, starts: Places, ends: Places, lines: Places, faults: Bytes) -> tuple[int, int, int]:
    at, good, bad = 0, 0, 0
    while at < data.size:
        after = _after_blank(data, at, last)
        if after > at:
            at = after
            continue
        following, fault = _record(data, at, last, starts[:, good], ends[:, good])
        if fault:
            following = _line_end(data, at) + 1
        if fault == _CUT_OFF or (following > data.size and not last):
            break
        faults[good + bad] = fault
        if fault:
            lines[0, bad], lines[1, bad] = at, following - 1 - (data[following - 2] == _RETURN)
            bad += 1
        else:
            good += 1
        at = following
    return good, bad, min(at, data.size)


@numba.njit(cache=True)
def _record(data: Bytes, at: int, last: bool, starts: Places, ends: Places) -> tuple[int, int]:
    """Cut one record; return where the next begins, and the fault."""
    count = 0
    while True:
        start, end, at = _field(data, at)
        if at < 0:
            return at, _UNCLOSED
        if at >= data.size and not last:
            return at, _CUT_OFF
        if end < 0:
            return at, _UNCLOSED
        if count < starts.size:
            starts[count], ends[count] = start, end
        count += 1
        if at >= data.size or data[at] == _LINE_FEED:
            break
        at += 1
    fault = _TOO_FEW if count < starts.size else _TOO_MANY if count > starts.size else 0
    return at + 1, fault


@numba.njit(cache=True)
def _field(data: Bytes, at: int) -> tuple[int, int, int]:
    """Start and end of one field and the place of the byte that ends it.

    A quoted field whose end was not seen has end -1; one that surely does not close has place -1.
    """
    if at < data.size and data[at] == _QUOTE:
        return _quoted(data, at + 1)
    start = at
    while at < data.size and data[at] != _COMMA and data[at] != _LINE_FEED:
        at += 1
    end = at
    if end > start and data[end - 1] == _RETURN and (at == data.size or data[at] == _LINE_FEED):
        end -= 1
    return start, end, at


@numba.njit(cache=True)
def _quoted(data: Bytes, start: int) -> tuple[int, int, int]:
    end = _closing_quote(data, start)
    if end < 0:
        return start, -1, -1
    if end == data.size:
        return start, -1, end
    at = end + 1
    if at < data.size and data[at] == _RETURN and (at + 1 == data.size or data[at + 1] == _LINE_FEED):
        at += 1
    if at < data.size and data[at] != _COMMA and data[at] != _LINE_FEED:
        return start, -1, -1
    return start, end, at


@numba.njit(cache=True)
def _closing_quote(data: Bytes, start: int) -> int:
    """Place of the quote that closes; the end of the buffer when none is seen, -1 when none can be."""
    at, lines = start, 0
    while at < data.size:
        if data[at] == _QUOTE:
            if at + 1 == data.size or data[at + 1] != _QUOTE:
                return at
            at += 1
        elif data[at] == _LINE_FEED:
            lines += 1
        if lines > 0 and at - start > _MAX_QUOTED_LINES:
            return -1
        at += 1
    return data.size


@numba.njit(cache=True)
def _after_blank(data: Bytes, at: int, last: bool) -> int:
    """Where the line after a blank line begins; the same place when the line is not blank."""
    after = at + 1 if data[at] == _RETURN else at
    if after == data.size:
        return after if last else at
    return after + 1 if data[after] == _LINE_FEED else at


@numba.njit(cache=True)
def _line_end(data: Bytes, at: int) -> int:
    while at < data.size and data[at] != _LINE_FEED:
        at += 1
    return at


@numba.njit(cache=True)
def _gather(data: Bytes, starts: Places, ends: Places, content: Bytes, offsets: Places) -> None:
    used = 0
    for record in range(starts.size):
        at, end = starts[record], ends[record]
        quoted = at > 0 and data[at - 1] == _QUOTE
        while at < end:
            content[used] = data[at]
            used += 1
            at += 2 if quoted and data[at] == _QUOTE else 1
        offsets[record + 1] = used
