"""What became of every row of an import: in = out + rejected + dropped by name, proved before anything is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphfraud.errors import InputError

HEADINGS: Final = ("file", "rows in", "out", "rejected", "dropped")
"""Column headings for :meth:`Reconciliation.rows`."""


@dataclass(frozen=True)
class Dropped:
    """Rows of one file that make no row of their own, by name, with the reason."""

    name: str
    rows: int
    reason: str


@dataclass(frozen=True)
class FileCount:
    """One source file: ``out`` counts the rows it gave to each contract table.

    ``undeclared`` names the columns that the importer does not know and did not read.
    """

    file: str
    rows_in: int
    out: Mapping[str, int]
    rejected: int
    dropped: tuple[Dropped, ...]
    undeclared: tuple[str, ...] = ()

    @property
    def unexplained(self) -> int:
        """Rows in, less all that is accounted for; 0 when the file closes."""
        return self.rows_in - sum(self.out.values()) - self.rejected - sum(drop.rows for drop in self.dropped)


@dataclass(frozen=True)
class TableCount:
    """One written table: its rows, those that source rows gave, those derived, and from what."""

    table: str
    rows: int
    from_files: int
    derived: int
    derived_from: str = ""

    @property
    def unexplained(self) -> int:
        """Rows written, less all that is accounted for; 0 when the table closes."""
        return self.rows - self.from_files - self.derived


@dataclass(frozen=True)
class Reconciliation:
    """One import: every source file and every written table, to the row.

    >>> person = FileCount("Person.csv", 3, {"people": 2}, 0, (Dropped("repeated row", 1, "said before"),))
    >>> people = TableCount("people", 2, 2, 0)
    >>> whole = Reconciliation("finbench", "2026-01-01T00:00:00Z", (person,), (people,), ())
    >>> whole.check()
    >>> whole.rows()
    (('Person.csv', '3', 'people 2', '0', 'repeated row 1'),)
    """

    source: str
    as_of: str
    files: tuple[FileCount, ...]
    tables: tuple[TableCount, ...]
    unread: tuple[str, ...]

    def check(self) -> None:
        """Prove that it closes.

        Raises:
            InputError: a row of a file or of a table is not accounted for.
        """
        gaps = [f"{count.file} {count.unexplained:+d}" for count in self.files if count.unexplained]
        gaps += [f"table {count.table} {count.unexplained:+d}" for count in self.tables if count.unexplained]
        gaps += [f"table {table} {rows:+d} from files" for table, rows in self._handed_over().items() if rows]
        if gaps:
            raise InputError(
                f"the reconciliation does not close: {', '.join(gaps)} rows unexplained; nothing was written",
                where=self.source,
                cure="report this with the files that show it",
            )

    def _handed_over(self) -> dict[str, int]:
        """Rows that the files say they gave to each table, less those the table says it took."""
        balance: dict[str, int] = {}
        for file in self.files:
            for table, rows in file.out.items():
                balance[table] = balance.get(table, 0) + rows
        for count in self.tables:
            balance[count.table] = balance.get(count.table, 0) - count.from_files
        return balance

    def rows(self) -> tuple[tuple[str, str, str, str, str], ...]:
        """One line a file for a table on the screen, under :data:`HEADINGS`."""
        return tuple(
            (
                count.file,
                f"{count.rows_in:,}",
                ", ".join(f"{table} {rows:,}" for table, rows in count.out.items()),
                f"{count.rejected:,}",
                ", ".join(f"{drop.name} {drop.rows:,}" for drop in count.dropped),
            )
            for count in self.files
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values for ``reconciliation.json``."""
        return {
            "source": self.source,
            "as_of": self.as_of,
            "files": [
                {
                    "file": count.file,
                    "rows_in": count.rows_in,
                    "out": dict(count.out),
                    "rejected": count.rejected,
                    "dropped": [
                        {"name": drop.name, "rows": drop.rows, "reason": drop.reason} for drop in count.dropped
                    ],
                    "undeclared": list(count.undeclared),
                }
                for count in self.files
            ],
            "tables": [
                {
                    "table": count.table,
                    "rows": count.rows,
                    "from_files": count.from_files,
                    "derived": count.derived,
                    "derived_from": count.derived_from,
                }
                for count in self.tables
            ],
            "unread": list(self.unread),
        }
