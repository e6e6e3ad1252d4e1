"""A table file as a stream of blocks: Arrow columns as found, rows numbered, broken lines apart."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import pyarrow as pa

from graphfraud.errors import InputError, MissingColumnError
from graphfraud.schema import Kind, Table
from graphfraud.sources.files import TableFile

BROKEN_SCHEMA: Final = pa.schema(
    [pa.field("row", pa.int64()), pa.field("line", pa.binary()), pa.field("reason", pa.string())]
)
"""Rows that could not be cut into columns, with the line as found."""

_NAME_LIKE: Final = re.compile(r"[A-Za-z_][A-Za-z_ -]{0,40}")


@dataclass(frozen=True)
class Block:
    """Some rows of one file.

    ``rows`` counts all of them, ``numbers`` gives the 1-based data row of those that were
    cut into ``columns`` (declared ones only, types as found), ``broken`` holds the others.
    """

    rows: int
    numbers: pa.Array
    columns: Mapping[str, pa.Array]
    broken: pa.Table


class Reader(Protocol):
    """One form of file. Both raise :class:`InputError` when the file cannot be read."""

    def names(self, file: TableFile) -> Sequence[str]:
        """The columns found, in the order of the file; none in an empty file."""
        ...

    def blocks(self, file: TableFile, wanted: Sequence[str]) -> Iterator[Block]:
        """The rows, block by block, with the wanted columns."""
        ...


def wanted_columns(file: TableFile, table: Table, found: Sequence[str]) -> tuple[str, ...]:
    """The declared columns among those found, in the order of the schema.

    Raises:
        MissingColumnError: a required column is not there.
        InputError: a declared column is there twice.
    """
    for column in table.columns:
        if not column.optional and column.name not in found:
            raise MissingColumnError(
                f"required column {column.name} is missing; found: {_shown(found, table)}",
                where=file.name,
                cure=f"add the column {column.name} (columns of {table.name}: {', '.join(table.by_name)})",
            )
        if found.count(column.name) > 1:
            raise InputError(f"column {column.name} is there twice", where=file.name, cure="keep one of them")
    return tuple(name for name in table.by_name if name in found)


def undeclared_columns(table: Table, found: Sequence[str]) -> tuple[str, ...]:
    """The columns found that the schema does not know, as they may be shown."""
    return tuple(_printable(name, table) for name in found if name not in table.by_name)


def _shown(found: Sequence[str], table: Table) -> str:
    names = [_printable(name, table) for name in found[:40]]
    return ", ".join(names) + (", …" if len(found) > len(names) else "")


def _printable(name: str, table: Table) -> str:
    """A column name; in a file without a header it may be somebody's phone number."""
    secret = any(column.kind is Kind.IDENTIFIER for column in table.columns)
    if secret and not _NAME_LIKE.fullmatch(name):
        return "(withheld)"
    return name[:64]
