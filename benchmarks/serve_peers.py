"""Peers of the service's reads: Feast's feature server on SQLite, and a point read from Neo4j over Bolt.

Each answers the same values of the same people, which is checked before anything is timed;
one that is not here is left out, and the table says how to get it.
"""

import json
import os
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from measure import Row, must_agree, version
from serve_world import CATALOGUE, person_id, values

from graphfraud import Client

FEAST_VARIABLE = "FEAST_PYTHON"
NO_FEAST = f"not measured: set {FEAST_VARIABLE} to the Python of an environment with feast (pip install feast)"
NO_NEO4J = "not measured: give --store bolt://… of a server, and GRAPHFRAUD_NEO4J_USER and _PASSWORD"
CONNECTIONS = (4, 16)
"""So many saturate each of both."""
STORED = 2_000
"""People that a peer holds: fewer than ours, which flatters it."""
WARM, BLOCKS, READS = 3_000, 7, 200
"""Reads before anything is timed, which a just-in-time compiler needs; then blocks of so many, in turn."""
POINT_READ = "MATCH (p:Bench) WHERE p.person_id = $id RETURN properties(p) AS said"
PAIRS = ("its driver as documented, ours a raw socket", "each as thin as it goes", "each one's own client")
"""By which clients both are asked: what a client costs in Python is a large part of either."""
DEFINITIONS = """
from datetime import timedelta
from feast import Entity, FeatureView, Field, FileSource
from feast.types import Float64
person = Entity(name="person", join_keys=["person_id"])
source = FileSource(path="people.parquet", timestamp_field="at")
fields = [Field(name=name, dtype=Float64) for name in NAMES]
people = FeatureView(name="people", entities=[person], ttl=timedelta(days=9999), schema=fields, online=True, source=source)
"""
SETTINGS = """
project: bench
registry: registry.db
provider: local
online_store: {type: sqlite, path: online.db}
entity_key_serialization_version: 3
"""
FILL = """
import pandas, sys
from feast import FeatureStore
import definitions
store = FeatureStore(".")
store.apply([definitions.person, definitions.people])
store.write_to_online_store("people", pandas.read_parquet("people.parquet"))
"""


def feast_rows(people: int, asked: Callable[[str, int, int], float]) -> list[Row]:
    """One person and a hundred, from Feast's feature server as ``feast serve`` starts it: one worker, as ours.

    ``asked(address, people, connections)`` gives seconds an answer.
    """
    python = os.environ.get(FEAST_VARIABLE)
    if not python:
        return [Row("one person", 1, "feast", "-", 0.0, note=NO_FEAST)]
    with tempfile.TemporaryDirectory(prefix="graphfraud-bench-") as name, _feast(Path(name), python, people) as address:
        told = subprocess.run([python, "-c", "import feast; print(feast.__version__)"], capture_output=True, text=True)
        return [
            Row(
                f"{'one person' if count == 1 else 'many people'}, {connections} connections",
                count,
                "feast",
                told.stdout.strip(),
                asked(address, count, connections),
                note="SQLite online store, wrk",
            )
            for count in (1, 100)
            for connections in CONNECTIONS
        ]


def feast_question(ids: list[str]) -> str:
    """The body that asks Feast for all features of these people."""
    names = [f"people:{feature.name}" for feature in CATALOGUE]
    return json.dumps({"features": names, "entities": {"person_id": ids}})


@contextmanager
def _feast(home: Path, python: str, people: int) -> Iterator[str]:
    """Feast's server over the first people."""
    names = [feature.name for feature in CATALOGUE]
    matrix = values(people)[:STORED]
    columns = {"person_id": [person_id(place) for place in range(STORED)]}
    at = pa.array([1_769_904_000_000_000] * STORED, pa.timestamp("us", tz="UTC"))
    pq.write_table(pa.table(columns | dict(zip(names, matrix.T, strict=True)) | {"at": at}), home / "people.parquet")
    (home / "feature_store.yaml").write_text(SETTINGS)
    (home / "definitions.py").write_text(DEFINITIONS.replace("NAMES", repr(names)))
    quiet = os.environ | {"FEAST_USAGE": "False", "PYTHONPATH": str(home)}
    subprocess.run([python, "-W", "ignore", "-c", FILL], cwd=home, env=quiet, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [
        str(Path(python).with_name("feast")),
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-access-log",
    ]
    process = subprocess.Popen(words, cwd=home, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _checked(address, matrix)
        yield address
    finally:
        process.terminate()
        process.wait()


def _checked(address: str, matrix: np.ndarray) -> None:
    """Wait until it answers, and as we would."""
    places = [3, 1, 4]
    body = feast_question([person_id(place) for place in places]).encode()
    kind = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{address}/get-online-features", body, kind)  # noqa: S310  # a server that this benchmark started, on loopback
    until = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310  # likewise
                found = json.loads(answer.read())
            break
        except OSError as error:
            if time.monotonic() > until:
                raise SystemExit("Feast's server does not answer") from error
            time.sleep(0.2)
    for name, told in zip(found["metadata"]["feature_names"], found["results"], strict=True):
        if name != "person_id":
            slot = [feature.name for feature in CATALOGUE].index(name)
            truth = [None if value != value else value for value in matrix[places, slot].tolist()]
            must_agree([None if one != one else one for one in told["values"]], truth, f"Feast, {name}")


def neo4j_rows(uri: str | None, address: str, token: str, people: int) -> list[Row]:
    """One person at a time over one connection from Python: from a server, and from ours; median seconds of a block."""
    if not uri:
        return [Row("one person, one connection", 1, "neo4j", "-", 0.0, note=NO_NEO4J)]
    import neo4j

    account = (os.environ.get("GRAPHFRAUD_NEO4J_USER", "neo4j"), os.environ.get("GRAPHFRAUD_NEO4J_PASSWORD", ""))
    names, matrix = [feature.name for feature in CATALOGUE], values(people)[:STORED]
    truth = [{n: v for n, v in zip(names, row, strict=True) if v == v} for row in matrix.tolist()]
    chosen = np.random.default_rng(4).integers(0, STORED, READS).tolist()
    with neo4j.GraphDatabase.driver(uri, auth=account) as driver, driver.session() as session:
        session.run("CREATE CONSTRAINT bench IF NOT EXISTS FOR (p:Bench) REQUIRE p.person_id IS UNIQUE").consume()
        try:
            given = [{"person_id": person_id(place), **said} for place, said in enumerate(truth)]
            session.run("UNWIND $rows AS row CREATE (p:Bench) SET p = row", rows=given).consume()

            def theirs(place: int) -> dict[str, float]:
                return _said(session.run(POINT_READ, id=person_id(place)).single(strict=True)["said"])

            with _Wire(address, token) as ours, driver.session() as other, Client(address, key=token) as client:
                thin = _Bolt(other)
                pairs = {
                    PAIRS[0]: (theirs, ours.read),
                    PAIRS[1]: (thin.read, ours.read),
                    PAIRS[2]: (theirs, lambda place: client.features(person_id(place))),
                }
                for place in chosen[:20]:
                    for read in (theirs, thin.read):
                        must_agree(read(place), truth[place], "Neo4j")
                    must_agree(ours.read(place), truth[place], "ours")
                for place in chosen * (WARM // READS):
                    for read in (theirs, thin.read, ours.read):
                        read(place)
                blocks = [
                    {name: [_median(read, chosen) for read in pair] for name, pair in pairs.items()}
                    for _ in range(BLOCKS)
                ]
        finally:
            session.run("MATCH (p:Bench) DETACH DELETE p").consume()
            session.run("DROP CONSTRAINT bench IF EXISTS").consume()
    rows = []
    for name in pairs:
        ratios = [slow / quick for slow, quick in (block[name] for block in blocks)]
        slow, quick = (statistics.median(block[name][side] for block in blocks) for side in (0, 1))
        note = f"{min(ratios):.2f} times at worst of {BLOCKS} pairs, {statistics.median(ratios):.2f} median"
        task = f"one person, one connection, {name}"
        rows += [
            Row(task, 1, "graphfraud", version("graphfraud"), quick, answers_agree=True),
            Row(task, 1, "neo4j", version("neo4j"), slow, ratio=round(min(ratios), 2), note=note, answers_agree=True),
        ]
    return rows


def _said(properties: dict[str, Any]) -> dict[str, float]:
    return {name: value for name, value in properties.items() if name != "person_id"}


class _Bolt:
    """Neo4j over one connection of its driver without session, transaction and result: as thin as its client can be."""

    def __init__(self, session: Any) -> None:
        session.run("RETURN 1").consume()
        session._connect("READ")
        self._connection = session._connection

    def read(self, place: int) -> dict[str, float]:
        """The values of a person that are there."""
        found: list[Any] = []
        self._connection.run(POINT_READ, parameters={"id": person_id(place)}, mode="r")
        self._connection.pull(n=-1, on_records=found.extend)
        self._connection.send_all()
        self._connection.fetch_all()
        return _said(found[0][0])


def _median(read: Callable[[int], object], places: list[int]) -> float:
    seconds = []
    for place in places:
        begun = time.perf_counter()
        read(place)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


class _Wire:
    """Our service over one kept connection, as thin as a client can be."""

    def __init__(self, address: str, token: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self._socket = socket.create_connection((host, int(port)))
        self._head = f" HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n".encode()

    def __enter__(self) -> "_Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def read(self, place: int) -> dict[str, float]:
        """The values of a person that are there."""
        self._socket.sendall(b"GET /graph-features/" + person_id(place).encode() + self._head)
        found = b""
        while b"\r\n\r\n" not in found:
            found += self._socket.recv(1 << 16)
        head, _, body = found.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._socket.recv(1 << 16)
        told = orjson.loads(body)["features"]
        return {name: float(one["value"]) for name, one in told.items() if one["value"] is not None}
