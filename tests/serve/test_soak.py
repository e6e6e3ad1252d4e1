"""A long run: load, a new run every minute, workers killed, clients that leave, dawdle and talk nonsense.

``GRAPHFRAUD_SOAK_S`` says how long (thirty minutes; two in ``.ci/run``). What was seen is printed.
"""

import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphfraud.publish.ledger import Ledger
from graphfraud.serve.audit import verify
from graphfraud.serve.keys import Scope, create_key
from tests.serve.load import Book, garbage, honest, rude, slow
from tests.serve.published import numbered, publish
from tests.serve.test_server import ADDRESS, LAUNCH, children

pytestmark = pytest.mark.soak
SECONDS = float(os.environ.get("GRAPHFRAUD_SOAK_S", "1800"))
EVERY_S = min(60.0, SECONDS / 20)
"""A new run as often as this."""
APART_S = 3.0
"""Two kills lie at least so far apart."""
KEPT = 3
BESIDE = ("broken", "dawdled", "left", "slow", "garbage")
"""Counts that are no checked answers."""
WORKERS = 2
CLIENTS = ((honest, 3), (rude, 1), (slow, 2), (garbage, 1))
MOST_MB = 12.0
"""What the eldest worker may hold more at the end than after its first quarter: the noise of the allocator."""


def test_it_answers_right_or_not_at_all_for_a_long_time(tmp_path: Path) -> None:
    runs, keys, book = tmp_path / "runs", tmp_path / "keys.json", Book()
    runs.mkdir()
    switch(book, runs, 1)
    book.switches[0] = (float("-inf"), 1)
    key = create_key(keys, name="soak", scopes=tuple(Scope), now=datetime.now(UTC))
    log = tmp_path / "log"
    words = [sys.executable, "-c", LAUNCH, str(runs), str(keys), str(WORKERS), "no"]
    with log.open("wb") as err:
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=err, text=True, env=os.environ | {"GRAPHFRAUD_KEY": "0" * 64}
        )
    try:
        lines = (line.strip() for line in process.stdout or ())
        address = next(line for line in lines if ADDRESS.fullmatch(line))
        memory = driven(book, process, address, key, runs)
        tell(book, memory)
        process.send_signal(signal.SIGTERM)
        assert process.wait(90) == 0
    finally:
        process.kill()
        process.communicate()
    assert book.faults == []
    assert "Traceback" not in log.read_text()
    assert "error" not in set(re.findall(r'"level": "(\w+)"', log.read_text()))
    assert verify(tmp_path / "audit").lines["worker-0"] > 0
    ledger = Ledger(runs)
    assert {name: ledger.answer(name) for name in book.decisions} == book.decisions
    quarter = len(memory) // 4
    grown = statistics.median(memory[-quarter:]) - statistics.median(memory[quarter : 2 * quarter])
    assert grown < MOST_MB, memory


def driven(book: Book, process: subprocess.Popen[str], address: str, key: str, runs: Path) -> list[float]:
    """Let everybody loose until the time is over: private memory of the eldest worker, second by second, MB."""
    clients = [
        threading.Thread(target=act, args=(book, address, key, seed * 100 + place), daemon=True)
        for seed, (act, count) in enumerate(CLIENTS)
        for place in range(count)
    ]
    for client in clients:
        client.start()
    chance, memory = random.Random(4), []
    eldest, number = children(process.pid)[0], 1
    begun = time.monotonic()
    new_run, kill = begun + EVERY_S, begun + chance.uniform(0.3, 0.7) * EVERY_S
    while time.monotonic() < begun + SECONDS and len(book.faults) < 20:
        now = time.monotonic()
        if now >= new_run:
            number, new_run = number + 1, new_run + EVERY_S
            switch(book, runs, number)
        if now >= kill:
            kill = now + APART_S + chance.uniform(0, EVERY_S)
            younger = [worker for worker in children(process.pid) if worker != eldest]
            if younger:
                book.kills.append(now)
                os.kill(chance.choice(younger), signal.SIGKILL)
        memory.append(private_mb(eldest))
        time.sleep(1)
    book.stop.set()
    for client in clients:
        client.join(70)
    assert not any(client.is_alive() for client in clients)
    return memory


def switch(book: Book, runs: Path, number: int) -> None:
    """Publish the next run, and let the oldest go."""
    publish(runs, numbered(number))
    book.switches.append((time.monotonic(), number))
    old = runs / numbered(number - KEPT).run_id if number > KEPT else None
    if old is not None and old.exists():
        shutil.rmtree(old)


def private_mb(pid: int) -> float:
    """Private_Clean + Private_Dirty of a process."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kb) for kb in re.findall(r"Private_(?:Clean|Dirty):\s+(\d+)", text)) / 1024


def tell(book: Book, memory: list[float]) -> None:
    """What was seen, for the page of measurements."""
    asked = sum(count for name, count in book.counts.items() if name not in BESIDE)
    lines = (
        f"{SECONDS:.0f} s: {asked:,} answers checked, {len(book.switches)} runs, {len(book.kills)} workers killed",
        f"{dict(book.counts)}; {len(book.decisions):,} decisions; faults: {len(book.faults)}",
        f"eldest worker: {memory[0]:.1f} MB at first, {max(memory):.1f} at most, {memory[-1]:.1f} at the end",
        *book.faults[:20],
    )
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
