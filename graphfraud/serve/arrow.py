"""Features of many people as an Arrow stream, written straight from the matrix into one buffer.

Building an array a column costs Python as much time as the numbers themselves. The head of
a record batch has the same shape for every batch of a schema, so Arrow makes it once and only
its numbers change: how many rows and nulls there are, and where each buffer lies.
https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.features.catalogue import Dtype
from graphfraud.serve.compiled import fill_columns
from graphfraud.serve.texts import Column

ARROW_DTYPES: Final[dict[str, pa.DataType]] = {"int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
TEXTS: Final = ("person_id", "status")
"""The columns before the features."""
_ALIGNED: Final = 8
_PREFIX: Final = 8
"""Bytes before the head of a message: a mark, and how long the head is."""
_END: Final = b"\xff\xff\xff\xff\0\0\0\0"
_HEADER: Final = 2
_BODY_LENGTH: Final = 3
_LENGTH: Final = 0
_NODES: Final = 1
_BUFFERS: Final = 2
_TEXT_BUFFERS: Final = [1, 2, 4, 5]
"""Offsets and bytes of both texts; before each pair stands a validity that is left out."""

Matrix = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]


class Form:
    """Writes streams of one schema: two texts, then a column of a kind for each feature."""

    def __init__(self, schema: pa.Schema, dtypes: Sequence[Dtype], slots: Sequence[int]) -> None:
        self._start = schema.serialize().to_pybytes()
        self._floats, self._ints, self._flags = (
            np.flatnonzero([dtype == kind for dtype in dtypes]) for kind in ("float", "int", "bool")
        )
        self._order = np.array(slots, np.int64)
        self._slots = self._order[self._floats], self._order[self._ints], self._order[self._flags]
        values = [pa.array([""]) for _ in TEXTS] + [pa.nulls(1, ARROW_DTYPES[dtype]) for dtype in dtypes]
        one = pa.RecordBatch.from_arrays(values, schema=schema)
        self._head = _Head(one.serialize().to_pybytes())
        self._buffers = lru_cache(maxsize=64)(self._all_buffers)

    def stream(self, texts: tuple[Column, Column], matrix: Matrix, rows: Longs) -> bytes:
        """A whole stream of one batch of these rows of a matrix; NaN is null, a row of -1 throughout.

        Cost: about 2.5 ns a value.
        """
        count, places = len(rows), self._places(len(rows))
        parts: list[npt.NDArray[Any]] = [part for column in texts for part in column]
        ends = list(accumulate((_padded(part.nbytes) for part in parts), initial=places[-1]))
        body = np.empty(ends[-1], np.uint8)
        nulls = self._fill(body, places, matrix, rows)
        for place, end, part in zip(ends, ends[1:], parts, strict=False):
            body[place : place + part.nbytes] = part.view(np.uint8)
            body[place + part.nbytes : end] = 0
        buffers = self._buffers(count).copy()
        buffers[_TEXT_BUFFERS, 0], buffers[_TEXT_BUFFERS, 1] = ends[:-1], [part.nbytes for part in parts]
        head = self._head.filled(count, nulls, buffers, len(body))
        return b"".join((self._start, head, body.data, _END))

    def _fill(self, body: Bytes, places: list[int], matrix: Matrix, rows: Longs) -> Longs:
        """Write all but the texts; how many values of each feature are null."""
        count, bits = len(rows), _padded((len(rows) + 7) // 8)
        body[: places[1]] = 0
        body[places[2] : places[3]] = 0
        split = places[1] + len(self._floats) * count * 8
        nulls: Longs = fill_columns(
            matrix,
            rows,
            self._slots,
            self._order,
            body[: places[1]].reshape(len(self._order), bits),
            body[places[1] : split].view(np.float64).reshape(len(self._floats), count),
            body[split : places[2]].view(np.int64).reshape(len(self._ints), count),
            body[places[2] : places[3]].reshape(len(self._flags), bits),
        )
        return nulls

    def _places(self, count: int) -> list[int]:
        """Where validity, numbers, flags and texts begin in the body of a batch of so many rows."""
        bits, wide = _padded((count + 7) // 8), len(self._floats) + len(self._ints)
        sizes = ((wide + len(self._flags)) * bits, wide * count * 8, len(self._flags) * bits)
        return [0, *accumulate(sizes)]

    def _all_buffers(self, count: int) -> Longs:
        """Where each buffer lies and how long it is, in the order of the schema; those of texts are left open."""
        places, bits = self._places(count), _padded((count + 7) // 8)
        wide = np.concatenate((self._floats, self._ints))
        found = np.zeros((3 * len(TEXTS) + 2 * (len(wide) + len(self._flags)), 2), np.int64)
        features = found[3 * len(TEXTS) :].reshape(-1, 2, 2)
        features[:, 0, 0] = np.arange(len(features)) * bits
        features[:, 0, 1] = features[self._flags, 1, 1] = (count + 7) // 8
        features[wide, 1, 0] = places[1] + np.arange(len(wide)) * count * 8
        features[wide, 1, 1] = count * 8
        features[self._flags, 1, 0] = places[2] + np.arange(len(self._flags)) * bits
        return found


class _Head:
    """The head of a record batch's message, a flatbuffer in which only numbers change."""

    def __init__(self, message: bytes) -> None:
        (size,) = struct.unpack_from("<i", message, 4)
        self._bytes = message[: _PREFIX + size]
        self.size = len(self._bytes)
        root = _PREFIX + struct.unpack_from("<I", self._bytes, _PREFIX)[0]
        batch = self._follow(self._field(root, _HEADER))
        self._body_at, self._length_at = self._field(root, _BODY_LENGTH), self._field(batch, _LENGTH)
        self._nodes_at, self._buffers_at = (
            self._follow(self._field(batch, field)) + 4
            for field in (_NODES, _BUFFERS)  # behind their count
        )

    def filled(self, count: int, nulls: Longs, buffers: Longs, body: int) -> bytearray:
        """The head of a batch of so many rows: nulls of each feature, buffers of all columns, bytes of the body."""
        found = bytearray(self._bytes)
        struct.pack_into("<q", found, self._length_at, count)
        struct.pack_into("<q", found, self._body_at, body)
        nodes = np.full((len(TEXTS) + len(nulls), 2), count, np.int64)
        nodes[:, 1] = np.concatenate((np.zeros(len(TEXTS), np.int64), nulls))
        for place, numbers in ((self._nodes_at, nodes), (self._buffers_at, buffers)):
            found[place : place + numbers.nbytes] = numbers.astype("<i8").tobytes()
        return found

    def _field(self, table: int, field: int) -> int:
        """Where a field of a table lies."""
        directory = table - struct.unpack_from("<i", self._bytes, table)[0]
        return int(table + struct.unpack_from("<H", self._bytes, directory + 4 + 2 * field)[0])

    def _follow(self, place: int) -> int:
        return int(place + struct.unpack_from("<I", self._bytes, place)[0])


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
