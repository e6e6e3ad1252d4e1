"""Directories of tables for tests: a small sound world to which one fault at a time is added."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from graphfraud.sources.directory import read_directory
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.sources.reading import Known, Reading

KEY = PseudonymKey(bytes(range(32)))
PEOPLE = "person_id,registered_at\nanna,2025-01-01T00:00:00Z\nbo,2025-01-02T00:00:00Z\nchen,2025-01-03T00:00:00Z\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes files into a directory that already lists three people."""

    def _write(files: Mapping[str, str | bytes], people: str | None = PEOPLE) -> Path:
        for name, content in (({"people.csv": people} if people else {}) | dict(files)).items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return _write


@pytest.fixture
def read() -> Any:
    """Reads a directory with a fixed key; everything may be rejected unless said otherwise."""

    def _read(directory: Path, known: Known | None = None, max_rejects: float = 1.0, **more: Any) -> Reading:
        return read_directory(directory, key=KEY, known=known or Known.nothing(), max_rejects=max_rejects, **more)

    return _read


@pytest.fixture
def clean() -> Callable[[Reading, str], pa.Table]:
    """Clean rows of one table in a fixed order, so that readings can be compared."""

    def _clean(reading: Reading, table: str) -> pa.Table:
        rows = reading.rows(table).to_arrow_table()
        return rows.sort_by([(name, "ascending") for name in rows.schema.names])

    return _clean
