"""Feast's feature server and a Neo4j point read, asked what the service is asked."""

from collections.abc import Callable
from pathlib import Path

from measure import Row


def feast_rows(home: Path, ours_s: float, many_s: Callable[[list[str]], float], *, people: int) -> list[Row]:
    return []


def neo4j_rows(store: str | None, ours_s: float, *, people: int) -> list[Row]:
    return []
