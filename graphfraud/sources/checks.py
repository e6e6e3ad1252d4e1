"""What a table's declaration means in SQL: the typed columns of a block, and its faults.

The macros of ``sql/kinds.sql`` know the kinds; here they are put together, column by column.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from graphfraud.queries import quoted
from graphfraud.schema import Column, Kind, Table
from graphfraud.sources.physical import BYTES, MICROS

DIGEST: Final = "digest"
"""Column of a block that holds the digests of its identifier values."""
WITHHELD: Final = "(withheld)"

SQL_TYPES: Final[Mapping[Kind, str]] = {
    Kind.ID: "VARCHAR",
    Kind.TEXT: "VARCHAR",
    Kind.IDENTIFIER: "VARCHAR",
    Kind.TIME: "TIMESTAMPTZ",
    Kind.DATE: "DATE",
    Kind.MONEY: "BIGINT",
    Kind.COUNT: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.SHARE: "DOUBLE",
    Kind.FLAG: "BOOLEAN",
    Kind.CHOICE: "VARCHAR",
}

_MACROS_OF_MICROS: Final = {Kind.TIME: "moment", Kind.DATE: "midnight"}


@dataclass(frozen=True)
class Checks:
    """SQL of one table for blocks whose columns have these plain types.

    A column that is not among ``found`` is absent from the file.
    """

    table: Table
    found: Mapping[str, pa.DataType]

    @property
    def secret(self) -> bool:
        """Whether values of the table may be identifiers, so that rejects show hardly any."""
        return holds_identifiers(self.table)

    def raw(self) -> str:
        """Select list: every column as found, an empty text as null."""
        return ", ".join(item for column in self.table.columns for item in self._raw(column))

    def typed(self) -> str:
        """Select list: every stored column in its stored type."""
        return ", ".join(self._typed(column) for column in self.table.stored)

    def faults(self) -> str:
        """Select list: for every column what is wrong with it, or null."""
        return ", ".join(f"{self._fault(column)} AS {_fault_name(column)}" for column in self.table.columns)

    def first_fault(self) -> str:
        """The first fault of a row, or null."""
        return f"coalesce({', '.join(_fault_name(column) for column in self.table.columns)})"

    def fault_list(self) -> str:
        """A struct for every column, in the order of the schema."""
        return ", ".join(
            f"{{'place': {place}, 'name': '{column.name}', "
            f"'shown': {self._shown(column)}, 'reason': {_fault_name(column)}}}"
            for place, column in enumerate(self.table.columns)
        )

    def defaults(self) -> dict[str, Any]:
        """Parameters of :meth:`raw`."""
        return {f"default_{column.name}": column.default for column in self.table.columns if column.default}

    def choices(self) -> dict[str, Any]:
        """Parameters of :meth:`faults`."""
        return {f"choices_{column.name}": list(column.values) for column in self.table.columns if column.values}

    def _raw(self, column: Column) -> tuple[str, ...]:
        name, type_ = quoted(column.name), self.found.get(column.name)
        if type_ == MICROS:
            return (name,)
        value = "CAST(NULL AS VARCHAR)" if type_ is None else f"nullif({name}, '')"
        extra = (DIGEST,) if column.kind is Kind.IDENTIFIER else ()
        if type_ == BYTES:
            value = f"nullif(TRY(decode({name})), '')"
            broken = f"CASE WHEN TRY(decode({name})) IS NULL THEN CAST({name} AS VARCHAR) END"
            extra = (f"{broken} AS {_bytes_name(column)}", *extra)
        if column.default:
            value = f"coalesce({value}, $default_{column.name})"
        return (f"{value} AS {name}", *extra)

    def _typed(self, column: Column) -> str:
        name = quoted(column.name)
        if column.kind is Kind.IDENTIFIER:
            return f"{DIGEST} AS {name}"
        if column.name not in self.table.by_name:
            return f"$key_id AS {name}"
        return f"{self._macro(column)}_of({name}) AS {name}"

    def _macro(self, column: Column) -> str:
        if self.found.get(column.name) == MICROS:
            return _MACROS_OF_MICROS[column.kind]
        return column.kind.value

    def _fault(self, column: Column) -> str:
        name, type_ = quoted(column.name), self.found.get(column.name)
        missing = "NULL" if column.optional else "'missing value'"
        cases = []
        if type_ == BYTES:
            cases.append(f"WHEN {_bytes_name(column)} IS NOT NULL THEN 'broken UTF-8'")
        cases.extend(self._rules(column))
        cases.append(f"WHEN {name} IS NULL THEN {missing}")
        if type_ != MICROS:
            cases.append(f"WHEN contains({name}, chr(0)) THEN 'NUL byte'")
        choices = f", $choices_{column.name}" if column.values else ""
        return f"CASE {' '.join(cases)} ELSE {self._macro(column)}_fault({name}{choices}) END"

    def _rules(self, column: Column) -> list[str]:
        """Faults that lie between columns, told at one of them."""
        rules = []
        if self.table.undirected and column.name == self.table.undirected[1]:
            one, other = map(quoted, self.table.undirected)
            rules.append(f"WHEN {one} = {other} THEN 'friend of oneself'")
        if self.table.one_of and column.name == self.table.one_of[0]:
            given = ", ".join(map(quoted, self.table.one_of))
            rules.append(f"WHEN coalesce({given}) IS NULL THEN 'neither {' nor '.join(self.table.one_of)} given'")
        return rules

    def _shown(self, column: Column) -> str:
        name, type_ = quoted(column.name), self.found.get(column.name)
        if column.kind is Kind.IDENTIFIER:
            return f"'{WITHHELD}'"
        value = f"coalesce({name}, {_bytes_name(column)})" if type_ == BYTES else name
        if type_ == MICROS:
            value = f"spelled({name})"
        return shown(value, self.table)


def holds_identifiers(table: Table) -> bool:
    """Whether a column of the table holds identifier values."""
    return any(column.kind is Kind.IDENTIFIER for column in table.columns)


def shown(value: str, table: Table) -> str:
    """SQL for what a reject shows of a value."""
    return f"harmless({value})" if holds_identifiers(table) else f"shown({value})"


def _fault_name(column: Column) -> str:
    return quoted(f"fault of {column.name}")


def _bytes_name(column: Column) -> str:
    return quoted(f"bytes of {column.name}")
