"""Which files of a directory hold which table.

A table is ``NAME.parquet``, ``NAME.csv`` or ``NAME.csv.gz``, may be split into numbered
files (``NAME-1.csv``, ``NAME.part2.parquet``, ``NAME_003.csv.gz``) or into a folder
``NAME/`` of such files; all that is found is one table.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from graphfraud.errors import InputError
from graphfraud.schema import TABLES


class Form(Enum):
    """How a file is written; the value ends its name."""

    PARQUET = ".parquet"
    CSV = ".csv"
    CSV_GZ = ".csv.gz"


@dataclass(frozen=True)
class TableFile:
    """One file of a table; ``name`` is its path inside the directory, as messages show it."""

    table: str
    path: Path
    name: str
    form: Form


@dataclass(frozen=True)
class Listing:
    """What a directory holds: files by table in the order of the schema, and names left out."""

    tables: dict[str, tuple[TableFile, ...]]
    ignored: tuple[str, ...]


_COMPANIONS: Final = frozenset({"as_of.txt", "truth", "reconciliation.json", "import_rejects"})
"""Written beside the tables by ``generate`` and ``import``; not tables, and no surprise."""

_NAMES: Final = "|".join(table.name for table in TABLES)
_SUFFIX: Final = r"(?P<suffix>\.parquet|\.csv|\.csv\.gz)"
_FILE: Final = re.compile(rf"(?P<table>{_NAMES})(?:[-_.](?:part[-_.]?)?\d+)?{_SUFFIX}")
_FOLDER: Final = re.compile(rf"(?P<table>{_NAMES})(?:\.parquet|\.csv)?")
_PART: Final = re.compile(rf".+{_SUFFIX}")


def listing(directory: Path) -> Listing:
    """The table files of a directory; hidden files and known companions are passed over.

    Raises:
        InputError: there is no such directory, or it cannot be listed.
    """
    files: list[TableFile] = []
    ignored: list[str] = []
    try:
        for path in sorted(directory.iterdir()):
            if not _hidden(path) and path.name not in _COMPANIONS:
                found = list(_files(path))
                files.extend(file for file in found if isinstance(file, TableFile))
                ignored.extend(name for name in found if isinstance(name, str))
    except OSError as error:
        raise InputError(
            f"the directory of tables cannot be read ({error.strerror})",
            where=str(directory),
            cure="name a directory that holds people.csv or people.parquet",
        ) from error
    tables = {table.name: tuple(file for file in files if file.table == table.name) for table in TABLES}
    return Listing({name: found for name, found in tables.items() if found}, tuple(ignored))


def _files(path: Path) -> Iterator[TableFile | str]:
    """Table files at a path; the names of what is no table."""
    pattern = _FOLDER if path.is_dir() else _FILE
    match = pattern.fullmatch(path.name)
    if match is None or _special(path):
        yield _shown(path.name)
    elif path.is_dir():
        for part in sorted(path.iterdir()):
            if not _hidden(part):
                yield from _part(match["table"], part)
    else:
        yield TableFile(match["table"], path, path.name, Form(match["suffix"]))


def _part(table: str, path: Path) -> Iterator[TableFile | str]:
    name = _shown(f"{path.parent.name}/{path.name}")
    match = _PART.fullmatch(path.name)
    usable = match and not path.is_dir() and not _special(path)
    yield TableFile(table, path, name, Form(match["suffix"])) if match and usable else name


def _hidden(path: Path) -> bool:
    """Marks and checksums of other tools (``_SUCCESS``, ``.part-0.crc``) say nothing to us."""
    return path.name.startswith((".", "_"))


def _special(path: Path) -> bool:
    """A pipe or device would hang the reader."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _shown(name: str) -> str:
    """A name that can be printed and stored, whatever bytes the file system holds."""
    return os.fsencode(name).decode("utf-8", "replace")
