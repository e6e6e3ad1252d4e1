"""Columns of any sensible physical type, reduced to three that the checks understand.

Text (known to be UTF-8), bytes (some of it is not), or whole microseconds since 1970
UTC for times and dates. Numbers become text by their shortest exact spelling, so that
``10.5`` is the same amount whether a CSV, a float or a decimal says it.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.errors import InputError
from graphfraud.schema import Column, Kind
from graphfraud.settings import DAY_US
from graphfraud.sources.files import TableFile

TEXT: Final = pa.string()
BYTES: Final = pa.binary()
MICROS: Final = pa.int64()

NO_MOMENT: Final = int(np.iinfo(np.int64).max)
"""Stands for a time so far away that microseconds cannot hold it; the checks reject it."""

_PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def plain(array: pa.Array, column: Column, file: TableFile) -> pa.Array:
    """The column as text, bytes or microseconds.

    Raises:
        InputError: the physical type cannot hold such a column.
    """
    kind = array.type
    if pa.types.is_dictionary(kind):
        return plain(array.dictionary_decode(), column, file)
    if column.kind in (Kind.TIME, Kind.DATE) and (pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
        return _micros(array)
    if _is_text(kind):
        return _text(array.cast(BYTES))
    if pa.types.is_floating(kind):
        return _whole(array).cast(TEXT)
    if _has_spelling(kind):
        return array.cast(TEXT)
    raise InputError(
        f"column {column.name} holds {kind}, which cannot be read as {column.kind}",
        where=file.name,
        cure="write the column as text" if column.kind is not Kind.TIME else "write it as a timestamp",
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_binary_view(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _has_spelling(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_date(kind)
        or pa.types.is_null(kind)
    )


def _text(array: pa.Array) -> pa.Array:
    """Text when every value is UTF-8, else the bytes."""
    try:
        return array.cast(TEXT)
    except pa.ArrowInvalid:
        return array


def _whole(array: pa.Array) -> pa.Array:
    """Floats that are all whole numbers as integers: ids with gaps often come that way."""
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid:
        return array


def _micros(array: pa.Array) -> pa.Array:
    """Microseconds, rounded down; a zone changes nothing, Arrow keeps UTC inside."""
    kind = array.type
    if pa.types.is_date32(kind):
        units, factor, divisor = array.cast(pa.int32()).cast(MICROS), DAY_US, 1
    else:
        per_second = 1_000 if pa.types.is_date64(kind) else _PER_SECOND[kind.unit]
        units = array.cast(MICROS)
        factor, divisor = max(1_000_000 // per_second, 1), max(per_second // 1_000_000, 1)
    values = pc.fill_null(units, 0).to_numpy(zero_copy_only=False)
    reach = NO_MOMENT // factor
    inside = (values > -reach) & (values < reach)
    micros = np.where(inside, np.where(inside, values, 0) // divisor * factor, NO_MOMENT)
    return pa.array(micros, MICROS, mask=pc.is_null(array).to_numpy(zero_copy_only=False))
