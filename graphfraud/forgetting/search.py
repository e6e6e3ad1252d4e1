"""Whether a file still names a person: by its bytes, and where values are packed or run together, by its values."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphfraud.errors import StoreError
from graphfraud.forgetting.naming import pattern

_SQLITE: Final = b"SQLite format 3\0"
_STEP: Final = 1 << 24


def searched(files: set[Path], person_id: str) -> int:
    """How many files were searched.

    Raises:
        StoreError: one of them still names the person.
    """
    for path in sorted(files):
        if file_names(path, person_id):
            raise StoreError("something of the person is left", where=str(path), cure="run the command again")
    return len(files)


def file_names(path: Path, person_id: str) -> bool:
    """Whether a file names the person; a longer id that begins alike is somebody else's."""
    if not path.stat().st_size:
        return False
    if path.suffix == ".parquet":
        return table_names(pq.read_table(path, partitioning=None), person_id)
    if path.suffix == ".arrow":
        with pa.memory_map(str(path)) as source:
            return table_names(pa.ipc.open_file(source).read_all(), person_id)
    if _begins(path) == _SQLITE:
        return _database_names(path, person_id)
    return any(_as_word(path, form) for form in forms(person_id))


def forms(person_id: str) -> set[bytes]:
    """The bytes by which an id may stand in a text: as it is, and as JSON writes it, in Unicode or in ASCII."""
    return {person_id.encode(), msgspec.json.encode(person_id)[1:-1], json.dumps(person_id)[1:-1].encode()}


def table_names(table: pa.Table, person_id: str) -> bool:
    """Whether any text of a table holds the id as a whole word."""
    return any(holds(column, person_id) for column in table.columns)


def holds(column: pa.ChunkedArray, person_id: str) -> bool:
    """Whether any text of a column, however deep, holds the id as a whole word."""
    word = re.compile(pattern(person_id))
    for chunk in column.chunks:
        for leaf in _leaves(chunk):
            near = leaf.filter(pc.match_substring(leaf, person_id))
            if any(word.search(text) for text in near.to_pylist() if text is not None):
                return True
    return False


def _leaves(array: pa.Array) -> Iterator[pa.Array]:
    """Every array of text in a nested array."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        yield from _leaves(array.dictionary)
    elif pa.types.is_map(kind):
        yield from _leaves(array.keys)
        yield from _leaves(array.items)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        yield from _leaves(array.flatten())
    elif pa.types.is_struct(kind):
        for part in array.flatten():
            yield from _leaves(part)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        yield array


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_SQLITE))


def _database_names(path: Path, person_id: str) -> bool:
    """By value, and by bytes unless a longer id of somebody else explains them: its columns touch each other."""
    word, longer = re.compile(pattern(person_id)), False
    for text in _texts(path, person_id):
        if word.search(text):
            return True
        longer = True
    return not longer and any(_pieces(path, form) for form in forms(person_id))


def _texts(path: Path, person_id: str) -> Iterator[str]:
    """Every value of a database that holds the id, as a word or within one."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - a name of the file's own
                yield from (text for text in map(_text, row) if any(form in text for form in _shown(person_id)))


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _shown(person_id: str) -> set[str]:
    return {form.decode() for form in forms(person_id)}


def _pieces(path: Path, text: bytes) -> bool:
    """Whether the bytes stand anywhere in a file."""
    with pa.memory_map(str(path)) as file:
        content = memoryview(file.read_buffer())
        return any(text in bytes(content[at : at + _STEP + len(text)]) for at in range(0, len(content), _STEP))


def _as_word(path: Path, text: bytes) -> bool:
    """Whether an id stands in a file as a whole word."""
    with pa.memory_map(str(path)) as file:
        content = memoryview(file.read_buffer())
        for start in range(0, len(content), _STEP):
            piece = bytes(content[max(0, start - len(text) - 1) : start + _STEP + len(text) + 1])
            place = piece.find(text)
            while place >= 0:
                before = piece[place - 1 : place] if place else b""
                if not (_inside_word(before) or _inside_word(piece[place + len(text) :][:1])):
                    return True
                place = piece.find(text, place + 1)
    return False


def _inside_word(letter: bytes) -> bool:
    return letter.isalnum() or letter in (b"_", b"-")
