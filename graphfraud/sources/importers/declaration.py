"""How an importer declares its source: files, columns, where each goes or why it is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphfraud.schema import Kind


@dataclass(frozen=True)
class SourceColumn:
    """One column of a source file.

    ``use`` says where the value goes, or, when ``kind`` is None, why it is left out.
    An ``optional`` column may be absent or empty; a column that is left out may always be.
    """

    name: str
    use: str
    kind: Kind | None = None
    optional: bool = False


@dataclass(frozen=True)
class SourceFile:
    """One source file and its columns; rows are unique by ``key`` where it names one."""

    name: str
    columns: tuple[SourceColumn, ...]
    key: str = ""

    @property
    def file(self) -> str:
        """Name on disk."""
        return f"{self.name}.csv"

    @property
    def read(self) -> tuple[SourceColumn, ...]:
        """Columns whose values are used."""
        return tuple(column for column in self.columns if column.kind is not None)


@dataclass(frozen=True)
class Source:
    """A format: its files, the names under which rows are dropped, and the rows that no source row gives."""

    name: str
    delimiter: str
    files: tuple[SourceFile, ...]
    drops: Mapping[str, str]
    derived: Mapping[str, str]

    def reference(self) -> str:
        """Markdown tables of every column, every drop and every derived row, for the documents."""
        columns = [
            (file.file, f"`{column.name}`" + (" ?" if column.optional else ""), column.use)
            for file in self.files
            for column in file.columns
        ]
        return "\n\n".join(
            (
                "## Columns",
                _markdown(("file", "column", "goes to"), columns),
                "## Rows dropped by name",
                _markdown(("name", "reason"), list(self.drops.items())),
                "## Rows that no source row gives",
                _markdown(("table", "what"), list(self.derived.items())),
            )
        )


def _markdown(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table.

    >>> print(_markdown(("a", "b"), [("1", "2")]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [head, *rows]
    written = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([written[0], "|" + "---|" * len(head), *written[1:]])
