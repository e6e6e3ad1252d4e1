"""How each column travels: as what it is sent, how Cypher keeps it, and how it comes back.

In the graph times are ZONED DATETIME in UTC, dates are DATE and money is yuan, so
that an investigator can read them; numbers travel, because they are the fastest.
A list that Cypher collects has no nulls, so an absent value comes back as a mark
that no value of its kind can have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.queries import quoted
from graphfraud.schema import Column, Kind
from graphfraud.store.neo4j.mapping import named

MAX_FEN: Final = 100 << 46
"""Above this two amounts a fen apart can be one floating-point number of yuan."""

_NO_TIME: Final = -9_000_000_000_000_000_000
_NO_DATE: Final = -1_000_000_000
_NO_TEXT: Final = "\0"  # input never holds it
_TEXTS: Final = (Kind.ID, Kind.TEXT, Kind.IDENTIFIER, Kind.CHOICE)


@dataclass(frozen=True)
class Sent:
    """A column on its way in: SQL for each value that travels, and Cypher that puts them together."""

    sql: tuple[str, ...]
    cypher: str


def sent(column: Column, place: int) -> Sent:
    """How a column of SQL row ``r`` is sent as ``row[place]`` and on."""
    value, cell = f"r.{quoted(column.name)}", f"row[{place}]"
    if column.kind is Kind.TIME:
        micros = f"((epoch_us({value}) % 1000000 + 1000000) % 1000000)"
        seconds = f"((epoch_us({value}) - {micros}) // 1000000)"
        return Sent(
            (seconds, f"({micros} * 1000)"), _if_given(column, cell, f"datetime.fromepoch({cell}, row[{place + 1}])")
        )
    if column.kind is Kind.DATE:
        return Sent((f"strftime({value}, '%Y-%m-%d')",), f"date({cell})")
    if column.kind is Kind.MONEY:
        return Sent((f"({value} / 100)",), cell)
    return Sent((value,), cell)


def _if_given(column: Column, cell: str, value: str) -> str:
    return f"CASE WHEN {cell} IS NOT NULL THEN {value} END" if column.optional else value


def collected(column: Column, variable: str) -> str:
    """Cypher for a property as it comes back, null as the mark of its kind."""
    value = f"{variable}.{named(column.name)}"
    if column.kind is Kind.TIME:
        return _or_mark(column, f"{value}.epochSeconds * 1000000 + {value}.microsecond", str(_NO_TIME))
    if column.kind is Kind.DATE:
        return _or_mark(column, f"duration.inDays(date('1970-01-01'), {value}).days", str(_NO_DATE))
    if column.kind is Kind.FLAG:
        return _or_mark(column, f"toInteger({value})", "-1")
    return _or_mark(column, value, r"'\u0000'" if column.kind in _TEXTS else "-1")


def _or_mark(column: Column, value: str, mark: str) -> str:
    return f"coalesce({value}, {mark})" if column.optional else value


def returned(column: Column, values: Sequence[Any]) -> pa.Array:
    """A column as the schema has it, from what Cypher collected."""
    if column.kind in _TEXTS:
        texts = pa.array(values, pa.string())
        return pc.if_else(pc.equal(texts, _NO_TEXT), None, texts) if column.optional else texts
    if column.kind is Kind.MONEY:
        yuan = np.asarray(values, np.float64)
        return pa.array(fen(yuan), pa.int64(), mask=yuan < 0)
    if column.kind in (Kind.NUMBER, Kind.SHARE):
        numbers = np.asarray(values, np.float64)
        return pa.array(numbers, pa.float64(), mask=numbers < 0)
    if column.kind in (Kind.TIME, Kind.DATE):
        numbers = np.asarray(values, np.int64)
        mark, width = (_NO_TIME, pa.int64()) if column.kind is Kind.TIME else (_NO_DATE, pa.int32())
        return pa.array(numbers, pa.int64(), mask=numbers == mark).cast(width).cast(column.arrow)
    numbers = np.asarray(values, np.int64)
    return pa.array(numbers, pa.int64(), mask=numbers < 0).cast(column.arrow)


def fen(yuan: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Whole fen of amounts in yuan, exact up to :data:`MAX_FEN`.

    Past 2^51 fen the product alone may round to a neighbour; only one of them, over 100, is the amount.

    >>> fen(np.array([0.29, 70368744177663.99])).tolist()
    [29, 7036874417766399]
    """
    near = np.rint(yuan * 100)
    for step in (1, -1):
        near = np.where((near + step) / 100 == yuan, near + step, near)
    return near.astype(np.int64)
