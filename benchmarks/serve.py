"""The service beside a bare route in the same process and beside Starlette alone, asked by wrk.

Single reads and batches of 1,000 people by 60 features, over the wire and in the worker alone;
start to ready and memory with many people; Feast's feature server and a point read from Neo4j
where they are here. The answers are compared before anything is timed. Needs wrk (Debian's
package of that name).
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from measure import SCREEN, Row, must_agree, options, report, version
from serve_bare import BODY
from serve_peers import STORED, feast_question, feast_rows, neo4j_rows
from serve_world import CATALOGUE, FEATURES, RUN_ID, person_id, publish, values

from graphfraud.serve.exchange import Call
from graphfraud.serve.features import ARROW, COLUMNS, features_of_many
from graphfraud.serve.keys import Scope, create_key
from graphfraud.serve.view import RunView

HERE = Path(__file__).parent
CONNECTIONS = 16
BATCH = 1_000
BATCHES = 40
SINGLE = """
local ids = {%s}
local i = 0
request = function()
  i = i %% #ids + 1
  return wrk.format("GET", "%s" .. ids[i], {["Authorization"] = "Bearer %s"})
end
"""
MANY = """
local bodies = {%s}
local i = 0
request = function()
  i = i %% #bodies + 1
  return wrk.format("POST", "/graph-features", {["Authorization"] = "Bearer %s",
    ["Content-Type"] = "application/json", ["Accept"] = "%s"}, bodies[i])
end
"""


@dataclass(frozen=True)
class Rate:
    """What wrk saw: requests a second, and the 99th percentile in seconds; what a request cost the worker.

    Processor time says what one core to itself would do, however busy the machine is with other work.
    """

    per_s: float
    p99_s: float
    cpu_s: float = float("nan")


def main() -> None:
    """Measure and report."""
    asked = options(__doc__ or "")
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not here: apt-get install wrk")
    people, seconds, pairs = (20_000, 1, 3) if asked.quick else (1_000_000, 4, 5)
    with tempfile.TemporaryDirectory(prefix="graphfraud-bench-") as name:
        home = Path(name)
        SCREEN.print(f"writing a run of {people:,} people")
        publish(home / "runs", people)
        keys = home / "keys.json"
        token = create_key(keys, name="bench", scopes=(Scope.FEATURES,), now=datetime.now(UTC))
        rows = memory(home, keys, token, people)
        with service(home, keys) as (address, _):
            checked(address, token, people)
        with service(home, keys) as (address, pid), nothing(home) as bare_address:
            rows += singles((address, pid), bare_address, token, people, seconds, pairs)
            rows += batches((address, pid), token, people, seconds, pairs)
            rows += in_the_worker(home, people)
            rows += feast(address, token, people, seconds)
            rows += neo4j_rows(asked.store, address, token, people)
        with service(home, keys, strict=True) as (address, _):
            rate = wrk(address, SINGLE % (ids(people, 1_000), "/graph-features/", token), seconds)
            rows.append(
                Row(
                    "one person, audit strict",
                    1,
                    "graphfraud",
                    version("graphfraud"),
                    1 / rate.per_s,
                    note=f"{rate.per_s:,.0f} a second",
                )
            )
    report(f"Service: {people:,} people, {FEATURES} features", rows, asked.json)


@contextlib.contextmanager
def service(home: Path, keys: Path, *, workers: int = 1, strict: bool = False) -> Iterator[tuple[str, int]]:
    """Our service with the bare route in it: its address and process id."""
    if not (home / BODY).exists():
        (home / BODY).write_bytes(b"{}")
    words = [sys.executable, str(HERE / "serve_bare.py"), "service", str(home), str(keys), str(workers)]
    process = subprocess.Popen([*words, "strict" if strict else "plain"], stdout=subprocess.PIPE, text=True)
    try:
        yield (process.stdout.readline().strip() if process.stdout else ""), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@contextlib.contextmanager
def nothing(home: Path) -> Iterator[str]:
    """Starlette with a constant body and nothing on top."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(HERE / "serve_bare.py"), "nothing", str(home), str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/nothing/x")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def wait_for(url: str, *, seconds: float = 30) -> None:
    """Until the address answers with 200."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310  # a server of our own, on loopback
            return
        time.sleep(0.01)
    raise SystemExit(f"{url} does not answer")


def ask(url: str, token: str, *, accept: str = "application/json", body: bytes | None = None) -> bytes:
    """One answer."""
    headers = {"Authorization": f"Bearer {token}", "Accept": accept, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:  # noqa: S310  # likewise
        found: bytes = answer.read()
    return found


def checked(address: str, token: str, people: int) -> None:
    """Every form against the matrix; the body of the bare route is one of these answers."""
    matrix = values(people)
    places = np.random.default_rng(1).integers(0, people, 200)
    asked = json.dumps({"person_ids": [person_id(place) for place in places]}).encode()
    url = f"{address}/graph-features"
    by_value = json.loads(ask(url, token, body=asked))["people"]
    by_column = json.loads(ask(url, token, body=asked, accept=COLUMNS.decode()))["features"]
    arrow = pa.ipc.open_stream(ask(url, token, body=asked, accept=ARROW.decode())).read_all()
    one = json.loads(ask(f"{url}/{person_id(places[0])}", token))["features"]
    for slot, feature in enumerate(CATALOGUE):
        name, truth = feature.name, [None if value != value else value for value in matrix[places, slot]]
        must_agree([person["features"][name]["value"] for person in by_value], truth, f"JSON by value, {name}")
        must_agree(by_column[name]["values"], truth, f"JSON by column, {name}")
        must_agree(arrow.column(name).to_pylist(), truth, f"Arrow, {name}")
        must_agree(one[name]["value"], truth[0], f"one person, {name}")


def wrk(
    address: str,
    script: str,
    seconds: float,
    *,
    connections: int = CONNECTIONS,
    service_pid: int | None = None,
    peer: bool = False,
) -> Rate:
    """Ask as fast as one thread of wrk can; any answer but 200 ends the benchmark. A peer may close connections."""
    before = cpu_s(service_pid)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        words = [
            "timeout",
            str(int(seconds) + 60),
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--timeout",
            "60s",
            "--latency",
            "-s",
            file.name,
            address,
        ]
        text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    broken = re.search(r"Socket errors: (.*)", text)
    if "Non-2xx" in text or (broken and not (peer and "connect 0" in broken[1] and "timeout 0" in broken[1])):
        raise SystemExit(text)
    said = re.search(r"99%\s+([\d.]+)(us|ms|s).*?(\d+) requests in.*?Requests/sec:\s+([\d.]+)", text, re.DOTALL)
    if said is None:
        raise SystemExit(text)
    number, unit, asked, per_s = said.groups()
    cost = (cpu_s(service_pid) - before) / int(asked)
    return Rate(float(per_s), float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[unit], cost)


def cpu_s(service_pid: int | None) -> float:
    """Processor seconds that the workers of a service have used; NaN without one."""
    if service_pid is None:
        return float("nan")
    words = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in children(service_pid)]
    return sum(int(word[11]) + int(word[12]) for word in words) / os.sysconf("SC_CLK_TCK")


def ids(people: int, count: int) -> str:
    """So many ids at random, as a list of Lua."""
    places = np.random.default_rng(2).integers(0, people, count)
    return ",".join(f'"{person_id(place)}"' for place in places)


def singles(ours: tuple[str, int], bare: str, token: str, people: int, seconds: float, pairs: int) -> list[Row]:
    """Ours beside the bare route and beside nothing, pair by pair: the worst and the median ratio."""
    chosen, (address, pid) = ids(people, 1_000), ours
    paths = {
        "ours": (address, "/graph-features/", pid),
        "bare": (address, "/bare/", pid),
        "nothing": (bare, "/nothing/", None),
    }
    found: dict[str, list[Rate]] = {name: [] for name in paths}
    for _ in range(pairs):
        for name, (where, path, worker) in paths.items():
            found[name].append(wrk(where, SINGLE % (chosen, path, token), seconds, service_pid=worker))
    rows = []
    for name, engine in (("ours", "graphfraud"), ("bare", "bare route"), ("nothing", "starlette")):
        shares = [mine.per_s / other.per_s for mine, other in zip(found["ours"], found[name], strict=True)]
        tails = [mine.p99_s / other.p99_s for mine, other in zip(found["ours"], found[name], strict=True)]
        note = f"{statistics.median(rate.per_s for rate in found[name]):,.0f} a second; ours {min(shares):.2f} of it at worst, {statistics.median(shares):.2f} median; "
        note += f"p99 {max(tails):.2f} times at worst, {statistics.median(tails):.2f} median"
        if name != "nothing":
            costs = [other.cpu_s / mine.cpu_s for mine, other in zip(found["ours"], found[name], strict=True)]
            note += f"; {statistics.median(rate.cpu_s for rate in found[name]) * 1e6:,.0f} µs of processor, "
            note += f"by which ours is {min(costs):.2f} of it at worst, {statistics.median(costs):.2f} median"
        seconds_each = 1 / statistics.median(rate.per_s for rate in found[name])
        rows.append(Row("one person", 1, engine, version("starlette"), seconds_each, note=note, answers_agree=True))
    first = rows[0]
    return [first, *(Row(**(vars(row) | {"ratio": round(row.seconds / first.seconds, 2)})) for row in rows[1:])]


def batches(ours: tuple[str, int], token: str, people: int, seconds: float, pairs: int) -> list[Row]:
    """People a second in each form, and for each second of the worker's processor; the worst run and the median."""
    address, pid = ours
    rng = np.random.default_rng(3)
    bodies = ",".join(
        "[[" + json.dumps({"person_ids": [person_id(place) for place in rng.integers(0, people, BATCH)]}) + "]]"
        for _ in range(BATCHES)
    )
    rows = []
    for form, accept in (("JSON by value", "application/json"), ("JSON by column", COLUMNS), ("Arrow", ARROW)):
        text = accept if isinstance(accept, str) else accept.decode()
        script = MANY % (bodies, token, text)
        seen = [wrk(address, script, seconds, connections=4, service_pid=pid) for _ in range(pairs)]
        rates, costs = [one.per_s * BATCH for one in seen], [BATCH / one.cpu_s for one in seen]
        note = f"people/s: {min(rates):,.0f} at worst, {statistics.median(rates):,.0f} median; "
        note += f"each second of its processor: {min(costs):,.0f} at worst, {statistics.median(costs):,.0f} median"
        seconds_each = BATCH / statistics.median(rates)
        rows.append(Row(form, BATCH, "graphfraud", version("graphfraud"), seconds_each, note=note, answers_agree=True))
    return rows


def in_the_worker(home: Path, people: int) -> list[Row]:
    """What a batch costs the worker's processor, from the body to the answer: no client, no wire; of many batches."""
    view, rng = RunView.open(home / "runs" / RUN_ID), np.random.default_rng(5)
    ids = [[person_id(place) for place in rng.integers(0, people, BATCH)] for _ in range(BATCHES)]
    bodies = [json.dumps({"person_ids": some}).encode() for some in ids]
    rows = []
    for form, accept in (("JSON by value", "application/json"), ("JSON by column", COLUMNS), ("Arrow", ARROW)):
        text = accept if isinstance(accept, str) else accept.decode()
        seconds = []
        for body in bodies * 3:
            begun = time.thread_time()
            features_of_many(view, Call("", {}, text, body, float("-inf")))
            seconds.append(time.thread_time() - begun)
        note = f"people each second of processor: {BATCH / np.quantile(seconds, 0.9):,.0f} at the slowest tenth, "
        note += f"{BATCH / statistics.median(seconds):,.0f} median"
        each = statistics.median(seconds)
        rows.append(Row(f"{form}, worker alone", BATCH, "graphfraud", version("graphfraud"), each, note=note))
    return rows


def feast(address: str, token: str, people: int, seconds: float) -> list[Row]:
    """Feast's answers of one and of a hundred people, each with its ratio to ours over as many connections."""
    rng = np.random.default_rng(6)
    chosen = [[person_id(place) for place in rng.integers(0, STORED, 100)] for _ in range(BATCHES)]
    mine: dict[tuple[int, int], float] = {}

    def theirs(where: str, count: int, connections: int) -> float:
        bodies = ",".join("[[" + feast_question(some[:count]) + "]]" for some in chosen)
        script = (MANY % (bodies, token, "*/*")).replace("/graph-features", "/get-online-features")
        mine[count, connections] = ours(count, connections)
        return 1 / wrk(where, script, max(seconds, 5), connections=connections, peer=True).per_s

    def ours(count: int, connections: int) -> float:
        """One by GET; many by column, as Feast answers them."""
        if count == 1:
            script = SINGLE % (",".join(f'"{some[0]}"' for some in chosen), "/graph-features/", token)
        else:
            bodies = ",".join("[[" + json.dumps({"person_ids": some[:count]}) + "]]" for some in chosen)
            script = MANY % (bodies, token, COLUMNS.decode())
        return 1 / wrk(address, script, max(seconds, 2), connections=connections).per_s

    rows = feast_rows(people, theirs)
    if not mine:
        return rows
    return [
        Row(
            **vars(row)
            | {
                "ratio": round(row.seconds / quick, 1),
                "answers_agree": True,
                "note": f"{row.note}; {1 / row.seconds:,.0f} a second beside {1 / quick:,.0f}",
            }
        )
        for row, quick in zip(rows, mine.values(), strict=True)
    ]


def memory(home: Path, keys: Path, token: str, people: int) -> list[Row]:
    """Start to ready, and the private memory of each worker after it has answered."""
    begun = time.perf_counter()
    with service(home, keys) as (address, _):
        wait_for(f"{address}/readyz")
        ready = time.perf_counter() - begun
        body = ask(f"{address}/graph-features/{person_id(1)}", token)
    (home / BODY).write_bytes(body)
    with service(home, keys, workers=2) as (address, pid):
        for _ in range(100):
            ask(f"{address}/graph-features/{person_id(1)}", token)
        sizes = [private_mb(worker) for worker in children(pid)]
    note = "private memory of each worker: " + ", ".join(f"{size:.1f} MB" for size in sizes)
    return [Row("start to ready", people, "graphfraud", version("graphfraud"), ready, max(sizes), note=note)]


def children(pid: int) -> list[int]:
    """The workers of a service."""
    found = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [child for child in found if "resource_tracker" not in Path(f"/proc/{child}/cmdline").read_text()]


def private_mb(pid: int) -> float:
    """Private_Clean + Private_Dirty of a process."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kb) for kb in re.findall(r"Private_(?:Clean|Dirty):\s+(\d+)", text)) / 1024


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(HERE))
    main()
