"""A whole night on a generated world: load, every stage, memory, and the load beside plain DuckDB.

The peer of the load is what one would write by hand: DuckDB reads the same Parquet
files into tables of its own, without checks, digests, keys or versions.
"""

import json
import sys
import tempfile
from pathlib import Path

import duckdb
from measure import SCREEN, Row, compared, options, report, timed_process, version

from graphfraud.worlds import generate

KEY = {"GRAPHFRAUD_KEY": "ab" * 32}
AS_OF = ("--as-of", "2026-02-01T00:00:00Z")
THINGS = {"people", "devices", "ips", "merchants", "lenders", "people_activity"}
"""Tables that are no relations."""


def main() -> None:
    """Measure and report."""
    asked = options(__doc__ or "")
    people = 10_000 if asked.quick else 100_000
    with tempfile.TemporaryDirectory(prefix="graphfraud-bench-") as home:
        data = Path(home) / "world"
        SCREEN.print(f"making a world of {people:,} people")
        made = generate(data, people=people, seed=1)
        relations = sum(count for name, count in made.rows.items() if name not in THINGS)
        rows = _load(data, Path(home), relations) + _night(Path(home), people, relations)
        if asked.store:
            rows += _graph(asked.store, Path(home), quick=asked.quick)
    slowest = max((row for row in rows if row.task.startswith("stage ")), key=lambda row: row.seconds)
    report(f"A night: {people:,} people, {relations:,} relations; slowest: {slowest.task}", rows, asked.json)


def _graph(uri: str, home: Path, *, quick: bool) -> list[Row]:
    """Loading into Neo4j and reading from it; the first reading of a server on servers of its own, unless quick."""
    from graph_cold import tasks as cold
    from graph_server import tasks

    if quick:
        return tasks(uri, home, people=4_000, rounds=2)
    warm = tasks(uri, home, people=82_000, rounds=3)
    return warm + cold(home, home / "graph-1", rounds=2)


def _words(home: Path, *words: str) -> list[str]:
    where = ("--store", str(home / "lake"), "--runs", str(home / "runs"), "--json", "--threads", "2")
    return [sys.executable, "-m", "graphfraud", *words, *where]


def _load(data: Path, home: Path, relations: int) -> list[Row]:
    SCREEN.print("loading")
    seconds, peak, out = timed_process(_words(home, "load", str(data)), environment=KEY)
    loaded = {name: counts["added"] for name, counts in json.loads(out)["written"].items()}
    script = (
        "import duckdb, sys, json, pathlib\n"
        "c = duckdb.connect(sys.argv[2]); c.execute('SET threads = 2')\n"
        "c.execute('SET enable_progress_bar = false')\n"
        "found = {}\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).glob('*.parquet')):\n"
        "    c.execute(f'CREATE TABLE \"{path.stem}\" AS FROM read_parquet(?)', [str(path)])\n"
        "    found[path.stem] = c.table(path.stem).count('*').fetchall()[0][0]\n"
        "print(json.dumps(found))"
    )
    peer = [sys.executable, "-c", script, str(data), str(home / "plain.duckdb")]
    peer_seconds, peer_peak, peer_out = timed_process(peer, environment={})
    agree = json.loads(peer_out) == loaded
    ours = Row(
        "load", relations, "graphfraud", version("graphfraud"), seconds, peak, None, agree, "checked, hashed, keyed"
    )
    note = "rows copied as they are: the lower bound"
    return compared(
        ours, [Row("load", relations, "duckdb", duckdb.__version__, peer_seconds, peer_peak, None, agree, note)]
    )


def _night(home: Path, people: int, relations: int) -> list[Row]:
    SCREEN.print("running the night")
    seconds, peak, out = timed_process(_words(home, "nightly", *AS_OF), environment=KEY)
    published = json.loads(out)
    complete = published["rows"]["scores"] == published["rows"]["features"] == people
    ours = version("graphfraud")
    whole = Row("night", relations, "graphfraud", ours, seconds, peak, None, complete, "whole process, start to end")
    stages = [
        Row(f"stage {name}", relations, "graphfraud", ours, cost["seconds"], cost["peak_mb"])
        for name, cost in published["stages"].items()
    ]
    return [whole, *stages]


if __name__ == "__main__":
    main()
