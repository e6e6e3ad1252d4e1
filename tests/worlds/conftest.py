from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from graphfraud.schema import TABLES
from graphfraud.worlds import generate

Opened = Callable[[str], duckdb.DuckDBPyConnection]


def _opened(directory: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET timezone = 'UTC'")
    paths = [directory / f"{table.name}.parquet" for table in TABLES]
    for path in [*paths, *(directory / "truth").glob("*.parquet")]:
        connection.execute(f"CREATE VIEW \"{path.stem}\" AS FROM '{path}'")
    return connection


@pytest.fixture(scope="session")
def world_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Tables and truth, as views, of a world of 6,000 people of some hardness, made once."""
    made: dict[str, duckdb.DuckDBPyConnection] = {}

    def made_once(hardness: str) -> duckdb.DuckDBPyConnection:
        if hardness not in made:
            directory = tmp_path_factory.mktemp(hardness)
            generate(directory, people=6000, seed=3, hardness=hardness)
            made[hardness] = _opened(directory)
        return made[hardness]

    yield made_once
    for connection in made.values():
        connection.close()


@pytest.fixture
def medium(world_of: Opened) -> duckdb.DuckDBPyConnection:
    return world_of("medium")


@pytest.fixture
def low(world_of: Opened) -> duckdb.DuckDBPyConnection:
    """Where rings leave nearly every trace they can."""
    return world_of("low")
