"""Tasks of the night that need a Neo4j server: loading into it and reading from it, beside the plain ways."""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import neo4j
import pyarrow as pa
import pyarrow.parquet as pq
from graph_projects import PROJECTS, agreeing, count, projected
from measure import SCREEN, Row, compared, timed_process, version

from graphfraud.settings import Settings
from graphfraud.store.base import Head, Store
from graphfraud.store.opening import open_store
from graphfraud.worlds import generate

KEY = {"GRAPHFRAUD_KEY": "ab" * 32}
LOADED = ("people", "friendships", "logins", "payments")
"""Tables of the load, for ours and the plain way alike."""
BATCH = 10_000
READ = ("friendships", "logins", "payments", "inquiries", "group_memberships", "repayments")

PLAIN = {
    "people": "UNWIND $rows AS r MERGE (p:Person {person_id: r.person_id}) SET p += r",
    "friendships": "UNWIND $rows AS r MATCH (a:Person {person_id: r.person_id}) MATCH (b:Person {person_id: r.friend_id})"
    " MERGE (a)-[k:FRIEND_OF]->(b) SET k.since = r.since",
    "logins": "UNWIND $rows AS r MATCH (p:Person {person_id: r.person_id}) MERGE (d:Device {device_id: r.device_id})"
    " MERGE (p)-[k:LOGGED_IN {at: r.at}]->(d) SET k.ip = r.ip, k.duration_s = r.duration_s, k.actions = r.actions",
    "payments person": "UNWIND $rows AS r MERGE (a:Person {person_id: r.payer_id}) MERGE (b:Person {person_id: r.payee_id})"
    " MERGE (a)-[k:PAID {payment_id: r.payment_id}]->(b) SET k.amount = r.amount, k.at = r.at",
    "payments merchant": "UNWIND $rows AS r MERGE (a:Person {person_id: r.payer_id})"
    " MERGE (b:Merchant {merchant_id: r.payee_id}) MERGE (a)-[k:PAID {payment_id: r.payment_id}]->(b)"
    " SET k.amount = r.amount, k.at = r.at",
    "payments wage": "UNWIND $rows AS r MERGE (a:Merchant {merchant_id: r.payer_id}) MERGE (b:Person {person_id: r.payee_id})"
    " MERGE (a)-[k:PAID {payment_id: r.payment_id}]->(b) SET k.amount = r.amount, k.at = r.at",
}
"""The way that tutorials show: batches, MERGE, unique keys."""
KEYS = (("Person", "person_id"), ("Device", "device_id"), ("Merchant", "merchant_id"))
SCANS = {
    "friendships": "MATCH (a:Person)-[k:FRIEND_OF]->(b:Person) WITH a.n AS a, b.n AS b, k.since AS t"
    " RETURN count(*) AS rows, sum(a + b), max(t)",
    "logins": "MATCH (a:Person)-[k:LOGGED_IN]->(b:Device) WITH a.n AS a, b.n AS b, k.at AS t, k.ip AS i, k.duration_s AS d,"
    " k.actions AS c RETURN count(*) AS rows, sum(a + b), max(t), max(i), max(d), max(c)",
    "payments": "MATCH (a)-[k:PAID]->(b) WITH a.n AS a, b.n AS b, k.at AS t, k.amount AS m, k.payment_id AS i,"
    " k.refunded_at AS r RETURN count(*) AS rows, sum(a + b), max(t), max(m), max(i), max(r)",
}
"""The server reads the same relationships and properties, the nodes' numbers too, and sends one row."""
BARE_SCANS = {
    "friendships": "CYPHER 5 MATCH (a)-[k:FRIEND_OF]->(b) WITH a, b, properties(k) AS p"
    " RETURN count(*) AS rows, sum(id(a) + id(b)), max(p.since)",
    "logins": "CYPHER 5 MATCH (a)-[k:LOGGED_IN]->(b) WITH a, b, properties(k) AS p"
    " RETURN count(*) AS rows, sum(id(a) + id(b)), max(p.at), max(p.ip), max(p.duration_s), max(p.actions)",
    "payments": "CYPHER 5 MATCH (a)-[k:PAID]->(b) WITH a, b, properties(k) AS p RETURN count(*) AS rows, sum(id(a) + id(b)),"
    " max(p.at), max(p.amount), max(p.payment_id), max(p.refunded_at), max(p.payer_account), max(p.payee_account)",
}
"""The least that a server does to look at each relationship and its properties: no node is touched."""


def tasks(uri: str, home: Path, *, people: int, rounds: int) -> list[Row]:
    """Load into an empty server, the plain way and ours; then read, ours and the server's own ways.

    The server must be empty: this wipes what it wrote, and nothing else may be lost. A tenth of the
    load goes first, both ways, and does not count: a server that just started is slow.
    """
    user, password = os.environ.get("GRAPHFRAUD_NEO4J_USER", "neo4j"), os.environ["GRAPHFRAUD_NEO4J_PASSWORD"]
    with neo4j.GraphDatabase.driver(uri, auth=(user, password), notifications_min_severity="OFF") as driver:
        if count(driver, "MATCH (n) RETURN count(n) AS rows"):
            raise SystemExit(f"{uri} holds data: give the benchmark an empty server")
        try:
            for number, size in enumerate((people // 10, people)):
                data = _world(home / f"graph-{number}", size)
                loaded = _loading(driver, uri, data)
                if number == 0:
                    _wipe(driver)
            return loaded + _reading(driver, uri, rounds)
        finally:
            _wipe(driver)


def _world(directory: Path, people: int) -> Path:
    generate(directory, people=people, seed=1)
    for path in [*directory.glob("*.parquet")]:
        if path.stem not in LOADED:
            path.unlink()
    return directory


def _loading(driver: neo4j.Driver, uri: str, data: Path) -> list[Row]:
    relations = sum(pq.read_metadata(data / f"{name}.parquet").num_rows for name in LOADED if name != "people")
    SCREEN.print(f"loading {relations:,} relations the plain way")
    begun = time.perf_counter()
    _plain(driver, data)
    plain = time.perf_counter() - begun
    stored = count(driver, "MATCH ()-[r]->() RETURN count(r) AS rows")
    _wipe(driver)
    SCREEN.print("loading ours")
    words = [
        sys.executable,
        "-m",
        "graphfraud",
        "load",
        str(data),
        "--store",
        uri,
        "--runs",
        str(data.parent / "r"),
        "--json",
    ]
    seconds, peak, _ = timed_process(words, environment=KEY)
    counted = "MATCH ()-[r:FRIEND_OF|LOGGED_IN|PAID]->() RETURN count(r) AS rows"
    agree = count(driver, counted) == stored == relations
    note = f"{relations / seconds:,.0f} relations/s; checked, keyed, derived USED_DEVICE and USED_IP"
    ours = Row("load into Neo4j", relations, "graphfraud", version("graphfraud"), seconds, peak, None, agree, note)
    peer = Row("load into Neo4j", relations, "neo4j", version("neo4j"), plain, None, None, agree, "UNWIND and MERGE")
    return compared(ours, [peer])


def _plain(driver: neo4j.Driver, data: Path) -> None:
    for label, key in KEYS:
        driver.execute_query(f"CREATE CONSTRAINT bench_{key} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{key} IS UNIQUE")
    for name in LOADED:
        for rows in _batches(data / f"{name}.parquet"):
            if name != "payments":
                driver.execute_query(PLAIN[name], rows=rows)
                continue
            sorts: dict[str, list[dict[str, Any]]] = {"person": [], "merchant": [], "wage": []}
            for row in rows:
                sorts["wage" if row["payer_kind"] == "merchant" else row["payee_kind"]].append(row)
            for sort, chosen in sorts.items():
                driver.execute_query(PLAIN[f"payments {sort}"], rows=chosen)


def _batches(path: Path) -> Iterator[list[dict[str, Any]]]:
    table = pq.read_table(path)
    for number, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            table = table.set_column(number, field.name, table.column(number).cast(pa.float64()))
    for batch in table.to_batches(BATCH):
        yield batch.to_pylist()


def _reading(driver: neo4j.Driver, uri: str, rounds: int) -> list[Row]:
    """Each table and all of them, ours beside each peer, turn and turn about; the median of so many rounds."""
    seconds: dict[tuple[str, str], list[float]] = {}
    counts: dict[tuple[str, str], int] = {}
    agree: dict[str, bool] = {}
    has_gds = count(driver, "SHOW PROCEDURES YIELD name WHERE name = 'gds.graph.project' RETURN count(*) AS rows")
    if has_gds:
        agree = agreeing(driver, open_store(uri, settings=Settings(), environment=os.environ))
    else:
        SCREEN.print("no Graph Data Science on this server: python -m graphfraud.neo4j_server start --gds has it")
    for number in range(rounds + 1):
        SCREEN.print(f"reading, round {number} of {rounds}" if number else "reading once to warm up")
        ways = _ways(driver, open_store(uri, settings=Settings(), environment=os.environ))
        if has_gds:
            ways["all"] = {name: partial(projected, driver, name) for name in PROJECTS}
        for task, engines in ways.items():
            for engine, way in engines.items():
                begun = time.perf_counter()
                counts[task, engine] = way()
                if number:
                    seconds.setdefault((task, engine), []).append(time.perf_counter() - begun)
    return _compared_reading(seconds, counts, agree)


def _ways(driver: neo4j.Driver, store: Store) -> dict[str, dict[str, Callable[[], int]]]:
    """For each table what counts its rows, by engine; a new store keeps nothing of the round before."""
    head = store.head()
    return {
        name: {
            "graphfraud": partial(_scanned, store, head, name),
            "server scan": partial(count, driver, SCANS[name]),
            "server scan, bare": partial(count, driver, BARE_SCANS[name]),
        }
        for name in SCANS
    }


def _scanned(store: Store, head: Head, table: str) -> int:
    return store.scan(table, head=head).count_rows()


def _compared_reading(
    seconds: dict[tuple[str, str], list[float]], counts: dict[tuple[str, str], int], agreed: dict[str, bool]
) -> list[Row]:
    for engine in {engine for task, engine in seconds if task != "all"}:
        seconds["all", engine] = [sum(parts) for parts in zip(*(seconds[task, engine] for task in SCANS), strict=True)]
        counts["all", engine] = sum(counts[task, engine] for task in SCANS)
    rows = []
    for task in (*SCANS, "all"):
        ours = seconds[task, "graphfraud"]
        edges = counts[task, "graphfraud"]
        made = []
        for engine in sorted(
            {name for of, name in seconds if of == task}, key=lambda name: (name != "graphfraud", name)
        ):
            took = seconds[task, engine]
            worst = max(mine / theirs for mine, theirs in zip(ours, took, strict=True))
            note = f"{edges / statistics.median(took):,.0f} edges/s, worst {edges / max(took):,.0f}"
            note += "" if engine == "graphfraud" else f"; ours takes at worst {worst:.2f} of it"
            agree = counts[task, engine] == edges and agreed.get(engine, True)
            known = version("graphfraud") if engine == "graphfraud" else ""
            made.append(
                Row(f"read {task} from Neo4j", edges, engine, known, statistics.median(took), None, None, agree, note)
            )
        rows += compared(made[0], made[1:])
    return rows


def _wipe(driver: neo4j.Driver) -> None:
    with driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 500 ROWS").consume()
        for name in session.run("SHOW CONSTRAINTS YIELD name").value():
            session.run(f"DROP CONSTRAINT `{name}`").consume()
        for name in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name").value():
            session.run(f"DROP INDEX `{name}`").consume()
