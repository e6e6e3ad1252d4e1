"""Named SQL and Cypher files: text with a header, never a string in Python.

SQL lives beside the stage that runs it (``graphfraud/<stage>/sql/NAME.sql``),
Cypher in the top folder ``cypher/`` (inside the wheel: ``graphfraud/cypher/``).
Every file opens with comment lines ``purpose:``, ``parameters:``, ``returns:``, ``cost:``.
Values are always bound; only names of the schema, quoted, are put into ``{braces}``.
"""

from functools import cache
from pathlib import Path

from graphfraud.errors import NotFoundError

PACKAGE = Path(__file__).parent


@cache
def sql(stage: str, name: str) -> str:
    """Text of ``graphfraud/<stage>/sql/<name>.sql``."""
    path = PACKAGE / stage / "sql" / f"{name}.sql"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFoundError(
            f"no SQL file {name} for {stage}", where=str(path.parent), cure="reinstall graphfraud"
        ) from error


@cache
def cypher(folder: str, name: str) -> str:
    """Text of ``cypher/<folder>/<name>.cypher``."""
    path = cypher_home() / folder / f"{name}.cypher"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFoundError(
            f"no Cypher file {name} in {folder}", where=str(path.parent), cure="reinstall graphfraud"
        ) from error


def quoted(name: str) -> str:
    """A name of the schema as a quoted SQL identifier.

    >>> quoted('from')
    '"from"'
    """
    return '"' + name.replace('"', '""') + '"'


def cypher_home() -> Path:
    """Where the Cypher files are: inside the wheel, or at the top of a checkout."""
    inside = PACKAGE / "cypher"
    return inside if inside.is_dir() else PACKAGE.parent / "cypher"
