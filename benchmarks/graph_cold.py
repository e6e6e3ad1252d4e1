"""The first reading after a server started, beside the first projection: each on a server of its own, started for it."""

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import neo4j
from graph_projects import PROJECTS, projected
from measure import SCREEN, Row, compared, timed_process, version

from graphfraud.neo4j_server import server
from graphfraud.neo4j_server.configuration import Options
from graphfraud.neo4j_server.home import USER, Home
from graphfraud.neo4j_server.password import read_password
from graphfraud.settings import Settings
from graphfraud.store.opening import open_store

KEY = {"GRAPHFRAUD_KEY": "ab" * 32}
TABLES = ("friendships", "logins", "payments")
OPTIONS = Options(heap="2g", gds=True)


def tasks(home: Path, data: Path, *, rounds: int) -> list[Row]:
    """Ours and each projection, turn and turn about, on a server that has just started; connecting counts."""
    place = Home.named(home / "cold", {})
    try:
        SCREEN.print("loading a server that is started again and again")
        running, _ = server.start(place, OPTIONS, os.environ)
        account = {"GRAPHFRAUD_NEO4J_USER": USER, "GRAPHFRAUD_NEO4J_PASSWORD": read_password(place)}
        words = [sys.executable, "-m", "graphfraud", "load", str(data), "--store", running.uri]
        timed_process([*words, "--runs", str(home / "cold-runs"), "--json"], environment=KEY | account)
        return _compared(*_measured(place, account, rounds))
    finally:
        server.stop(place)


def _measured(place: Home, account: dict[str, str], rounds: int) -> tuple[dict[str, list[float]], dict[str, int]]:
    seconds: dict[str, list[float]] = {}
    counts: dict[str, int] = {}
    ways: dict[str, Callable[[str], int]] = {"graphfraud": partial(_read, account)}
    ways |= {engine: partial(_projected, account, engine) for engine in PROJECTS}
    for number in range(1, rounds + 1):
        for engine, way in ways.items():
            SCREEN.print(f"first reading, round {number} of {rounds}: {engine}")
            server.stop(place)
            running, _ = server.start(place, OPTIONS, os.environ)
            begun = time.perf_counter()
            counts[engine] = way(running.uri)
            seconds.setdefault(engine, []).append(time.perf_counter() - begun)
    return seconds, counts


def _read(account: dict[str, str], uri: str) -> int:
    store = open_store(uri, settings=Settings(), environment={**os.environ, **account})
    head = store.head()
    return sum(store.scan(name, head=head).count_rows() for name in TABLES)


def _projected(account: dict[str, str], engine: str, uri: str) -> int:
    with neo4j.GraphDatabase.driver(uri, auth=tuple(account.values()), notifications_min_severity="OFF") as driver:
        return projected(driver, engine)


def _compared(seconds: dict[str, list[float]], counts: dict[str, int]) -> list[Row]:
    edges = counts["graphfraud"]
    rows = []
    for engine, took in seconds.items():
        worst = max(mine / theirs for mine, theirs in zip(seconds["graphfraud"], took, strict=True))
        note = f"{edges / statistics.median(took):,.0f} edges/s, worst {edges / max(took):,.0f}"
        note += "" if engine == "graphfraud" else f"; ours takes at worst {worst:.2f} of it"
        known, agree = version("graphfraud") if engine == "graphfraud" else "", counts[engine] == edges
        rows.append(
            Row("first read of a server", edges, engine, known, statistics.median(took), None, None, agree, note)
        )
    return compared(rows[0], rows[1:])
