"""Forgetting one person, with proof: what was taken away, and a search that finds nothing more."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb
import msgspec

from graphfraud.forgetting.decisions import forget_decisions
from graphfraud.forgetting.desk import forget_at_desk
from graphfraud.forgetting.naming import named
from graphfraud.forgetting.places import Places
from graphfraud.forgetting.runs import redact_runs
from graphfraud.forgetting.search import searched
from graphfraud.publish.serving import person_token
from graphfraud.schema import TABLES
from graphfraud.serve.audit import Event, add_event
from graphfraud.serve.chain import Chain
from graphfraud.sources.reading import REJECT_SCHEMA, Reading
from graphfraud.store.base import Store
from graphfraud.store.lake import LakeStore
from graphfraud.store.lease import Lease
from graphfraud.store.opening import driver_needed

TOMBSTONES: Final = "tombstones"


@dataclass(frozen=True)
class Forgotten:
    """What was taken away: rows of the store by table, runs made anew, rows of the desk, decisions; files searched."""

    token: str
    at: str
    who: str
    rows: Mapping[str, int]
    runs: int
    desk: int
    decisions: int
    searched: int


def forget(places: Places, person_id: str, *, who: str, now: datetime) -> Forgotten:
    """Take a person out of the store, the runs, the desk and the graph; after a kill the same call goes on.

    Rows of others that name the person go with them. History before this moment is gone: a
    past night cannot be read again. The audit log knows people by tokens only and stays whole.

    Raises:
        LeaseHeldError: a night or a load is under way.
        StoreError: something of the person is left; it says in which file.
    """
    with Lease(places.runs.home / "night.lease", purpose="forgetting", seconds=60.0):
        rows = _forget_in_store(places, person_id)
        runs = redact_runs(places.runs, person_id)
        desk = forget_at_desk(places.desk, person_id) if places.desk else 0
        decisions = forget_decisions(places.runs.home, person_id)
        files = searched(_files(places), person_id)
        token = person_token(person_id).hex()
        done = Forgotten(token, now.isoformat(), who, rows, runs, desk, decisions, files)
        _bury(places, done)
        add_event(places.audit, Event(at=now, who=who, what="forget", people=token))
        return done


def _forget_in_store(places: Places, person_id: str) -> dict[str, int]:
    store = places.store
    with named(places, person_id) as found:
        counts = {table.name: count for table in TABLES if (count := found.count(table))}
        for table in TABLES:
            if table.name in counts:
                found.keep_others(table)
        reading = _reading(found.connection, counts)
        if isinstance(store, LakeStore):
            _forget_in_lake(store, reading)
        else:
            _forget_in_graph(store, reading, person_id)
    return counts


def _forget_in_lake(store: LakeStore, reading: Reading) -> None:
    if reading.tables:
        store.write(reading, replace=tuple(reading.tables))
    store.purge()


def _forget_in_graph(store: Store, reading: Reading, person_id: str) -> None:
    with driver_needed("forget"):
        from graphfraud.forgetting.graph import forget_assessments, forget_node
        from graphfraud.store.neo4j.store import Neo4jStore
    if isinstance(store, Neo4jStore):
        forget_assessments(store, person_id)
        if reading.tables:
            store.write(reading, replace=tuple(reading.tables))
        forget_node(store, person_id)


def _reading(connection: duckdb.DuckDBPyConnection, counts: Mapping[str, int]) -> Reading:
    return Reading(connection, dict(counts), {}, REJECT_SCHEMA.empty_table(), {})


def _files(places: Places) -> set[Path]:
    """Every file in which something may be kept."""
    homes = [places.runs.home, places.audit, places.tombstones]
    if isinstance(places.store, LakeStore):
        homes.append(places.store.home)
    files = {path for home in homes for path in home.rglob("*") if path.is_file() and not path.is_symlink()}
    if places.desk and places.desk.startswith("sqlite:///"):
        base = Path(places.desk.removeprefix("sqlite:///"))
        files |= {path for path in base.parent.glob(f"{base.name}*") if path.is_file()}
    return files


def _bury(places: Places, done: Forgotten) -> None:
    chain = Chain(places.tombstones, TOMBSTONES)
    try:
        chain.append([msgspec.json.encode(asdict(done))], durable=True)
    finally:
        chain.close()
