"""Features of many people as an Arrow stream, written straight from the matrix into one buffer.

Building an array a column costs Python as much time as the numbers themselves. The head of
a record batch has the same shape for every batch of a schema, so Arrow makes it once and only
its numbers change: how many rows and nulls there are, and where each buffer lies.
https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
"""

import struct
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.features.catalogue import Dtype

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

Matrix = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]


class Form:
    """Writes streams of one schema: two texts, then a column of a kind for each feature."""

    def __init__(self, schema: pa.Schema, dtypes: Sequence[Dtype]) -> None:
        self._start = schema.serialize().to_pybytes()
        self._floats, self._ints, self._flags = (
            np.flatnonzero([dtype == kind for dtype in dtypes]) for kind in ("float", "int", "bool")
        )
        values = [pa.array([""]) for _ in TEXTS] + [pa.nulls(1, ARROW_DTYPES[dtype]) for dtype in dtypes]
        one = pa.RecordBatch.from_arrays(values, schema=schema)
        self._head = _Head(one.serialize().to_pybytes())

    def stream(self, texts: tuple[Sequence[str], Sequence[str]], block: Matrix) -> bytes:
        """A whole stream of one batch. ``block`` has a row a person; NaN is null. Cost: about 5 ns a value."""
        count, width = block.shape
        bits = _padded((count + 7) // 8)
        wide, flags = len(self._floats) + len(self._ints), len(self._flags)
        parts: list[npt.NDArray[Any]] = [*_text(texts[0]), *_text(texts[1])]
        sizes = [width * bits, wide * count * 8, flags * bits, *(_padded(part.nbytes) for part in parts)]
        places = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        before = len(self._start) + self._head.size
        whole = np.zeros(before + places[-1] + len(_END), np.uint8)
        body = whole[before : before + places[-1]]
        known = block == block  # only NaN differs from itself
        _bits(body[: places[1]].reshape(width, bits), known)
        self._numbers(body[places[1] : places[2]].reshape(wide, count * 8), block, known)
        _bits(body[places[2] : places[3]].reshape(flags, bits), block[:, self._flags] == 1)
        for place, part in zip(places[3:], parts, strict=False):
            body[place : place + part.nbytes] = part.view(np.uint8)
        nulls = count - np.count_nonzero(known, axis=0)
        head = self._head.filled(count, nulls, self._buffers(places, count, bits, parts), len(body))
        whole[:before] = np.frombuffer(self._start + head, np.uint8)
        whole[before + len(body) :] = np.frombuffer(_END, np.uint8)
        return whole.tobytes()

    def _numbers(self, numbers: Bytes, block: Matrix, known: npt.NDArray[np.bool_]) -> None:
        """Floats, then whole numbers, a row a column."""
        split = len(self._floats)
        numbers[:split].view(np.float64)[:] = block[:, self._floats].T
        chosen = block[:, self._ints]
        chosen[~known[:, self._ints]] = 0
        numbers[split:].view(np.int64)[:] = chosen.T

    def _buffers(self, places: Longs, count: int, bits: int, parts: Sequence[npt.NDArray[Any]]) -> Longs:
        """Where each buffer lies and how long it is, in the order of the schema."""
        width = len(self._floats) + len(self._ints) + len(self._flags)
        texts = [
            [0, 0], [places[3], parts[0].nbytes], [places[4], parts[1].nbytes],
            [0, 0], [places[5], parts[2].nbytes], [places[6], parts[3].nbytes],
        ]  # fmt: skip
        found = np.empty((width, 2, 2), np.int64)
        found[:, 0, 0] = np.arange(width) * bits
        found[:, 0, 1] = found[self._flags, 1, 1] = (count + 7) // 8
        wide = np.concatenate((self._floats, self._ints))
        found[wide, 1, 0] = places[1] + np.arange(len(wide)) * count * 8
        found[wide, 1, 1] = count * 8
        found[self._flags, 1, 0] = places[2] + np.arange(len(self._flags)) * bits
        found[self._flags, 1, 1] = (count + 7) // 8
        return np.concatenate((np.array(texts, np.int64), found.reshape(-1, 2)))


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

    def filled(self, count: int, nulls: Longs, buffers: Longs, body: int) -> bytes:
        """The head of a batch of so many rows: nulls of each feature, buffers of all columns, bytes of the body."""
        found = bytearray(self._bytes)
        struct.pack_into("<q", found, self._length_at, count)
        struct.pack_into("<q", found, self._body_at, body)
        nodes = np.full((len(TEXTS) + len(nulls), 2), count, np.int64)
        nodes[:, 1] = np.concatenate((np.zeros(len(TEXTS), np.int64), nulls))
        for place, numbers in ((self._nodes_at, nodes), (self._buffers_at, buffers)):
            found[place : place + numbers.nbytes] = numbers.astype("<i8").tobytes()
        return bytes(found)

    def _field(self, table: int, field: int) -> int:
        """Where a field of a table lies."""
        directory = table - struct.unpack_from("<i", self._bytes, table)[0]
        return int(table + struct.unpack_from("<H", self._bytes, directory + 4 + 2 * field)[0])

    def _follow(self, place: int) -> int:
        return int(place + struct.unpack_from("<I", self._bytes, place)[0])


def _text(values: Sequence[str]) -> tuple[npt.NDArray[np.int32], Bytes]:
    """Offsets and bytes of a column of texts."""
    text = "".join(values)
    whole = text.encode()
    lengths = map(len, values) if len(whole) == len(text) else (len(value.encode()) for value in values)
    bounds = np.zeros(len(values) + 1, np.int32)
    np.cumsum(np.fromiter(lengths, np.int32, len(values)), out=bounds[1:])
    return bounds, np.frombuffer(whole, np.uint8)


def _bits(rows: Bytes, flags: npt.NDArray[np.bool_]) -> None:
    """Set a row of bits for each column of flags."""
    packed = np.packbits(flags.T.copy(), axis=1, bitorder="little")  # across is ten times as slow
    rows[:, : packed.shape[1]] = packed


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
