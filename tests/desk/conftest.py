"""Every test of the desk runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from graphfraud.desk.opening import open_desk, sqlite_at
from graphfraud.desk.tables import METADATA
from tests.desk.postgresql import postgresql


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An open desk with nothing in it."""
    address = sqlite_at(tmp_path / "desk.sqlite")
    if request.param == "postgresql":
        address = request.getfixturevalue("server")
    found = open_desk(address)
    with found.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(sa.delete(table))
    yield found
    found.dispose()
