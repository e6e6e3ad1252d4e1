"""What every benchmark shares: options, rows in one shape, peak memory of a process, a table on the screen."""

import argparse
import importlib.metadata
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

SCREEN = Console(width=None if sys.stdout.isatty() else 150)


@dataclass(frozen=True)
class Row:
    """One measurement; a peer's ``ratio`` is its seconds over ours."""

    task: str
    size: int
    engine: str
    version: str
    seconds: float
    peak_mb: float | None = None
    ratio: float | None = None
    answers_agree: bool | None = None
    note: str = ""


def options(description: str) -> argparse.Namespace:
    """``--quick``, ``--json FILE`` and ``--store URI``, the same for all."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="small sizes, under 45 s on two cores")
    parser.add_argument("--json", type=Path, help="also write the rows as one JSON array")
    parser.add_argument("--store", help="a Neo4j server for the tasks that need one")
    return parser.parse_args()


def version(package: str) -> str:
    """Version of an installed package."""
    return importlib.metadata.version(package)


def median_seconds(work: Callable[[], object], *, times: int = 3) -> float:
    """Median of a few runs after one that does not count."""
    work()
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def timed_process(words: Sequence[str], *, environment: Mapping[str, str]) -> tuple[float, float, str]:
    """Wall seconds, peak memory (MB) and standard output of a command."""
    begun = time.perf_counter()
    with subprocess.Popen(words, env=os.environ | dict(environment), stdout=subprocess.PIPE, text=True) as process:
        out = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} failed with {process.returncode}")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024, out


def must_agree(answer: object, truth: object, what: str) -> None:
    """End the benchmark where an answer is not what it must be: nothing wrong is timed."""
    if answer != truth:
        raise SystemExit(f"{what}: the answers do not agree")


def compared(ours: Row, peers: Sequence[Row]) -> list[Row]:
    """Ours first, then the peers with their ratio."""
    return [ours, *(Row(**(asdict(peer) | {"ratio": round(peer.seconds / ours.seconds, 2)})) for peer in peers)]


def report(title: str, rows: Sequence[Row], file: Path | None) -> None:
    """Show the rows; write them where asked; end with 1 when answers differ."""
    table = Table(title=title, title_justify="left")
    for name in ("task", "size", "engine", "version", "seconds", "peak MB", "ratio", "agree", "note"):
        table.add_column(name, justify="right" if name in ("size", "seconds", "peak MB", "ratio") else "left")
    for row in rows:
        table.add_row(*map(_cell, asdict(row).values()))
    SCREEN.print(table)
    if file:
        file.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    if any(row.answers_agree is False for row in rows):
        raise SystemExit("answers differ: the times above mean nothing")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.3f}" if value < 10 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
