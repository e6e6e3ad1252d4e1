"""Rows under construction: every column is whole numbers, and a negative number is null.

Ids are codes, times microseconds, money fen, words places in a vocabulary;
:mod:`graphfraud.worlds.render` turns them into what the contract promises.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphfraud import schema
from graphfraud.worlds.recipe import Flags, Ints

NULL: Final = -1


@dataclass(frozen=True)
class Sheet:
    """Some rows of one table; columns that are not there are null."""

    table: str
    columns: Mapping[str, Ints]

    def kept(self, mask: Flags) -> "Sheet":
        """The rows where ``mask`` holds."""
        return Sheet(self.table, {name: values[mask] for name, values in self.columns.items()})


@dataclass(frozen=True)
class Share:
    """From now on these people have these values in one field of the population."""

    field: str
    people: Ints
    values: NDArray[np.generic]


@dataclass(frozen=True)
class Effect:
    """What a mechanism does to the world: fields of people it changes, rows it adds."""

    shares: tuple[Share, ...] = ()
    sheets: tuple[Sheet, ...] = ()


def sheet(table: str, **columns: ArrayLike) -> Sheet:
    """Rows of one table; single values are repeated.

    >>> sheet("ips", ip=[1, 2], kind=0).columns["kind"].tolist()
    [0, 0]
    """
    unknown = set(columns) - set(schema.BY_NAME[table].by_name)
    if unknown:
        raise KeyError(f"{table} has no columns {sorted(unknown)}")
    arrays = np.broadcast_arrays(*(np.asarray(values, np.int64).reshape(-1) for values in columns.values()))
    return Sheet(table, dict(zip(columns, arrays, strict=True)))


def gathered(sheets: Iterable[Sheet], table: str) -> dict[str, Ints]:
    """All rows of one table, every column of the schema present."""
    chosen = [one for one in sheets if one.table == table]
    columns: dict[str, Ints] = {}
    for name in schema.BY_NAME[table].by_name:
        parts = [one.columns.get(name, np.full(_length(one), NULL)) for one in chosen]
        columns[name] = np.concatenate(parts, dtype=np.int64) if parts else np.empty(0, np.int64)
    return columns


def _length(one: Sheet) -> int:
    return len(next(iter(one.columns.values())))
