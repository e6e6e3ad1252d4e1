"""Forgetting one person, with proof: what was taken away, and a search that finds nothing more."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from graphfraud.errors import StoreError
from graphfraud.forgetting.desk import forget_at_desk
from graphfraud.forgetting.naming import named
from graphfraud.forgetting.places import Places
from graphfraud.forgetting.runs import names_person, redact_runs
from graphfraud.publish.serving import person_token
from graphfraud.queries import cypher
from graphfraud.schema import TABLES
from graphfraud.serve.audit import Event, add_event
from graphfraud.serve.chain import Chain
from graphfraud.sources.reading import REJECT_SCHEMA, Reading
from graphfraud.store.lake import LakeStore
from graphfraud.store.lease import Lease
from graphfraud.store.opening import driver_needed

TOMBSTONES: Final = "tombstones"


@dataclass(frozen=True)
class Forgotten:
    """What was taken away: rows of the store by table, runs made anew, rows of the desk; files searched after."""

    token: str
    at: str
    who: str
    rows: Mapping[str, int]
    runs: int
    desk: int
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
        searched = _search(places, person_id)
        token = person_token(person_id).hex()
        done = Forgotten(token, now.isoformat(), who, rows, runs, desk, searched)
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
        if not isinstance(store, LakeStore):
            _forget_in_graph(places, person_id)
        if counts:
            store.write(_reading(found.connection, counts), replace=tuple(counts))
    if isinstance(store, LakeStore):
        store.purge()
    return counts


def _reading(connection: duckdb.DuckDBPyConnection, counts: Mapping[str, int]) -> Reading:
    return Reading(connection, dict(counts), {}, REJECT_SCHEMA.empty_table(), {})


def _forget_in_graph(places: Places, person_id: str) -> None:
    """What runs said of the person in the graph; the person's own node goes with the tables."""
    with driver_needed("forget"):
        from graphfraud.store.neo4j.connection import run
        from graphfraud.store.neo4j.store import Neo4jStore
    if isinstance(places.store, Neo4jStore):
        text = cypher("forget", "assessments")
        places.store.connection.write(lambda step: run(step, text, person_id=person_id))


def _search(places: Places, person_id: str) -> int:
    """How many files were searched, bytes and, where they are packed, values.

    Raises:
        StoreError: one of them still names the person.
    """
    homes = [places.runs.home, places.audit]
    if isinstance(places.store, LakeStore):
        homes.append(places.store.home)
    files = {path for home in homes for path in home.rglob("*") if path.is_file() and not path.is_symlink()}
    if places.desk and places.desk.startswith("sqlite:///"):
        base = Path(places.desk.removeprefix("sqlite:///"))
        files |= {path for path in base.parent.glob(f"{base.name}*") if path.is_file()}
    for path in sorted(files):
        if path.suffix == ".parquet" and "_delta_log" not in path.parts:
            left = names_person(pq.read_table(path, partitioning=None), person_id)
        else:
            left = _holds_bytes(path, person_id.encode())
        if left:
            raise StoreError("something of the person is left", where=str(path), cure="run the command again")
    return len(files)


def _holds_bytes(path: Path, text: bytes) -> bool:
    """Whether an id stands in a file as a whole word."""
    if not path.stat().st_size:
        return False
    with pa.memory_map(str(path)) as file:
        content = memoryview(file.read_buffer())
        return _as_word(content, text)


def _as_word(content: memoryview, text: bytes) -> bool:
    step = 1 << 24
    for start in range(0, len(content), step):
        piece = bytes(content[max(0, start - len(text) - 1) : start + step + len(text) + 1])
        place = piece.find(text)
        while place >= 0:
            before, behind = piece[place - 1 : place], piece[place + len(text) : place + len(text) + 1]
            if not (_inside_word(before) or _inside_word(behind)):
                return True
            place = piece.find(text, place + 1)
    return False


def _inside_word(letter: bytes) -> bool:
    return letter.isalnum() or (letter in (b"_", b"-") and letter != b"")


def _bury(places: Places, done: Forgotten) -> None:
    chain = Chain(places.tombstones, TOMBSTONES)
    try:
        chain.append([msgspec.json.encode(asdict(done))], durable=True)
    finally:
        chain.close()
