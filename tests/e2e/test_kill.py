"""kill -9 at random moments: the store reopens, the night resumes, the end is the same, and no reader is misled."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.e2e.conftest import COMMAND, Run, answer, environment

NIGHT = ("nightly", "--data", "w", "--json")


class Reader(threading.Thread):
    """Reads the current run again and again, as a service does, and remembers every mixture."""

    def __init__(self, runs: Path) -> None:
        super().__init__(daemon=True)
        self.runs = runs
        self.wrong: list[str] = []
        self.reads = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(0.01):
            link = self.runs / "current"
            if link.is_symlink():
                self.look(link.parent / link.readlink())

    def look(self, run: Path) -> None:
        manifest = json.loads((run / "manifest.json").read_bytes())
        if manifest["run_id"] != run.name:
            self.wrong.append(f"{run.name} holds {manifest['run_id']}")
        for table, rows in manifest["rows"].items():
            if pq.read_metadata(run / f"{table}.parquet").num_rows != rows:
                self.wrong.append(f"{run.name}/{table}")
        if not (run / "serving" / "catalogue.json").exists():
            self.wrong.append(f"{run.name} cannot be served")
        self.reads += 1


def killed(home: Path, words: tuple[str, ...], after: float) -> bool:
    """Run a command and kill it; False where it had ended before."""
    with subprocess.Popen(
        [COMMAND, *words], cwd=home, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            process.wait(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            return True
    return False


def kills(run: Run, home: Path, *, times: int, people: int, seed: int) -> dict[str, float]:
    """Kill loads and nights at random moments and compare the end with one that nobody disturbed."""
    run("generate", "w", "--people", str(people), "--seed", "4")
    started = time.monotonic()
    calm = answer(run(*NIGHT, "--store", "calm", "--runs", "calm/runs"))
    whole = time.monotonic() - started
    expected = json.loads((home / calm["path"] / "manifest.json").read_bytes())["digests"]
    rng, reader, count = random.Random(seed), Reader(home / "graphfraud-data/runs"), 0
    reader.start()
    for number in range(3 * times):
        words = NIGHT if number % 2 else ("load", "w")
        count += killed(home, words, rng.uniform(0.2, whole))
        assert not reader.wrong
        if count == times:
            break
    done = answer(run(*NIGHT))
    again = answer(run("load", "w", "--json"))
    reader.stopped.set()
    reader.join()
    assert not reader.wrong
    assert json.loads((home / done["path"] / "manifest.json").read_bytes())["digests"] == expected
    assert done["run_id"] == calm["run_id"]
    assert all(counts["added"] == counts["replaced"] == 0 for counts in again["written"].values())
    assert not list((home / "graphfraud-data/runs").glob(".building-*"))
    return {"killed": count, "reads": reader.reads, "seconds_undisturbed": round(whole, 1)}


def test_a_few_kills(run: Run, tmp_path: Path) -> None:
    assert kills(run, tmp_path, times=3, people=400, seed=11)["killed"] == 3


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_twenty_kills(run: Run, tmp_path: Path, seed: int) -> None:
    figures = kills(run, tmp_path, times=20, people=5000, seed=seed)
    sys.stdout.write(f"kill -9, seed {seed}: {figures}\n")
    assert figures["killed"] == 20
