"""Labels and lists that people gave, and how the next night gets them: as contract tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from graphfraud.desk.tables import LABELS, LISTS
from graphfraud.schema import BY_NAME


@dataclass(frozen=True)
class Label:
    """What somebody knows of a person; ``at`` is UTC microseconds, ``ring_id`` a name people gave."""

    person_id: str
    label: str
    at: int
    ring_id: str | None
    author: str


@dataclass(frozen=True)
class Listing:
    """Somebody or something put on a list, until a moment (UTC microseconds) or for good."""

    list: str
    target_kind: str
    target_id: str
    reason: str
    from_at: int
    until_at: int | None
    author: str


def add_labels(connection: sa.Connection, labels: Sequence[Label]) -> None:
    """Keep labels; one given twice is kept once, as it was given last."""
    _put(connection, LABELS, [asdict(label) for label in labels], key=("person_id", "label", "at"))


def add_listing(connection: sa.Connection, listing: Listing) -> None:
    """Put a target on a list, or change its entry there."""
    _put(connection, LISTS, [asdict(listing)], key=("list", "target_kind", "target_id"))


@dataclass(frozen=True)
class About:
    """What people said of one person, the newest first."""

    labels: tuple[Label, ...]
    lists: tuple[Listing, ...]


def about(connection: sa.Connection, person_id: str) -> About:
    """Labels of a person, and the entries of lists that name them."""
    labels = sa.select(LABELS).where(LABELS.c.person_id == person_id).order_by(LABELS.c.at.desc(), LABELS.c.label)
    mine = sa.and_(LISTS.c.target_kind == "person", LISTS.c.target_id == person_id)
    lists = sa.select(LISTS).where(mine).order_by(LISTS.c.from_at.desc(), LISTS.c.list)
    return About(
        tuple(Label(**_plain(row)) for row in connection.execute(labels).mappings()),
        tuple(Listing(**_plain(row)) for row in connection.execute(lists).mappings()),
    )


def write_tables(connection: sa.Connection, directory: Path) -> int:
    """Write ``labels.parquet`` and ``lists.parquet`` as a load reads them; how many rows there are."""
    labels = connection.execute(sa.select(LABELS).order_by(*LABELS.primary_key)).mappings()
    lists = connection.execute(sa.select(LISTS).order_by(*LISTS.primary_key)).mappings()
    told = [dict(row) | {"from": row["from_at"], "until": row["until_at"]} for row in lists]
    return _write("labels", labels, directory) + _write("lists", told, directory)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row by plain names; SQLAlchemy's own are a kind of text of their own."""
    return {str(name): value for name, value in row.items()}


def _put(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]], *, key: tuple[str, ...]) -> None:
    for row in rows:
        same = sa.and_(*(table.c[name] == row[name] for name in key))
        connection.execute(sa.delete(table).where(same))
        connection.execute(sa.insert(table).values(row))


def _write(name: str, rows: Iterable[Any], directory: Path) -> int:
    schema = BY_NAME[name].arrow
    table = pa.Table.from_pylist([{field: row[field] for field in schema.names} for row in rows], schema=schema)
    if table.num_rows:
        pq.write_table(table, directory / f"{name}.parquet")
    return int(table.num_rows)
