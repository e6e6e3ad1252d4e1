"""The service as a real process: it starts, follows a switch under load, never mixes, and stops cleanly."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest

from graphfraud.errors import UsageError
from graphfraud.serve.keys import Scope, create_key
from graphfraud.serve.server import serve
from tests.serve.published import numbered, publish

LAUNCH = """
import sys
from pathlib import Path
from graphfraud.serve.server import serve
runs, keys, workers, insecure = sys.argv[1:]
serve(Path(runs), host="127.0.0.1", port=0, workers=int(workers), insecure=insecure == "yes", keys=Path(keys))
"""
HALF = b"POST /scores HTTP/1.1\r\ncontent-length: 9\r\n\r\n{"
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def running(
    runs: Path, *, workers: int = 1, keys: Path | None = None, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A service on a free port: its address and its process."""
    words = [str(runs), str(keys or runs / "keys.json"), str(workers), "no" if keys else "yes"]
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | dict(environment),
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert ADDRESS.fullmatch(address), process.stderr.read() if process.stderr else ""
        yield address, process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_answers_and_stops_without_a_word(tmp_path: Path, end: signal.Signals) -> None:
    publish(tmp_path, numbered(1))
    with running(tmp_path) as (address, process):
        assert httpx.get(f"{address}/readyz").json()["run_id"] == numbered(1).run_id
        answer = httpx.get(f"{address}/graph-features/a%2Fb%3Fc%3Dd%26e?features=friends")
        assert answer.json()["features"]["friends"]["value"] == 1_000
        assert httpx.get(f"{address}/graph-features/%FF%00").status_code == 404
        assert httpx.head(f"{address}/healthz").content == b""
        assert httpx.get(f"{address}/healthz", headers={"host": "evil.example"}).status_code == 403
        process.send_signal(end)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert (out, err) == ("", "")


def test_it_waits_for_the_first_run(tmp_path: Path) -> None:
    with running(tmp_path) as (address, _), httpx.Client(base_url=address) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        publish(tmp_path, numbered(1))
        wait_until(lambda: client.get("/readyz").status_code == 200)


def wait_until(done: Callable[[], bool]) -> None:
    """Until it is done; the suite's own time limit ends a wait in vain."""
    pause = threading.Event()
    while not done():
        pause.wait(0.05)


def test_a_switch_under_load_is_never_mixed(tmp_path: Path) -> None:
    numbers = range(1, 6)
    for number in numbers:
        publish(tmp_path, numbered(number))
    publish(tmp_path, numbered(1))
    asked = [*numbered(1).people, "nobody"] * 20
    with running(tmp_path, workers=2) as (address, _):
        stop = threading.Event()
        seen: list[set[str]] = [set(), set(), set()]
        faults: list[str] = []
        pollers = [threading.Thread(target=poll, args=(address, asked, stop, found, faults)) for found in seen]
        for poller in pollers:
            poller.start()
        for number in numbers:
            publish(tmp_path, numbered(number))
            wait_until(lambda number=number: bool(faults) or all(numbered(number).run_id in one for one in seen))  # type: ignore[misc]
        stop.set()
        for poller in pollers:
            poller.join()
    assert faults == []


def poll(address: str, asked: list[str], stop: threading.Event, seen: set[str], faults: list[str]) -> None:
    """Ask on new connections, so that every worker is met; every answer is of one run through and through."""
    question = {"person_ids": asked, "features": ["friends", "groups"]}
    while not stop.is_set() and not faults:
        answer = httpx.post(f"{address}/graph-features", json=question)
        if answer.status_code != 200:
            faults.append(answer.text)
            return
        content = answer.json()
        number = int(content["run_id"][-8:], 16)
        people = numbered(1).people
        for person in content["people"]:
            if person["status"] == "present":
                base = number * 1_000 + people.index(person["person_id"]) * 10
                values = [found["value"] for found in person["features"].values()]
                if any(value not in (None, base + slot) for slot, value in enumerate(values)):
                    faults.append(f"{content['run_id']}: {person}")
        if content["snapshot_digest"] != f"{number:064x}":
            faults.append(content["snapshot_digest"])
        seen.add(content["run_id"])


def test_any_worker_tells_the_counts_of_all(tmp_path: Path) -> None:
    publish(tmp_path, numbered(1))
    with running(tmp_path, workers=2) as (address, _):
        for _ in range(12):
            httpx.get(f"{address}/scores/p-1")
        total = 'graphfraud_requests_total{method="GET",route="/scores/{person_id}",status="2xx"} 12.0'
        for _ in range(6):  # whichever worker it reaches
            wait_until(lambda: total in httpx.get(f"{address}/metrics").text)


def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    publish(tmp_path, numbered(1))
    with running(tmp_path) as (address, process):
        (worker,) = children(process.pid)
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: answers(address))
        assert children(process.pid) != [worker]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_a_stopping_service_answers_what_it_has_taken(tmp_path: Path) -> None:
    """Drained: requests on their way when the signal comes get whole answers, on every connection."""
    publish(tmp_path, numbered(1))
    body = json.dumps({"person_ids": ["p-1", "p-2"] * 500}).encode()
    head = f"POST /graph-features HTTP/1.1\r\nhost: %s\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    with running(tmp_path) as (address, process):
        host, port = address.removeprefix("http://").split(":")
        places = [socket.create_connection((host, int(port)), timeout=30) for _ in range(8)]
        for place in places:
            place.sendall((head % f"{host}:{port}").encode() + body[:-1])
        threading.Event().wait(0.5)  # they are with the worker
        process.send_signal(signal.SIGTERM)
        threading.Event().wait(0.2)
        for place in places:
            place.sendall(body[-1:])
        answered = [whole(place) for place in places]
        process.communicate(timeout=20)
    assert process.returncode == 0
    for found in answered:
        start, _, content = found.partition(b"\r\n\r\n")
        assert start.startswith(b"HTTP/1.1 200")
        assert len(json.loads(content)["people"]) == 1_000


def whole(place: socket.socket) -> bytes:
    """Everything until the other side closes."""
    with place:
        return b"".join(iter(lambda: place.recv(1 << 16), b""))


def test_workers_do_not_outlive_the_service(tmp_path: Path) -> None:
    publish(tmp_path, numbered(1))
    with running(tmp_path, workers=2) as (address, process):
        process.kill()
        process.communicate(timeout=20)  # returns once every worker has let go of the pipe
        assert not answers(address)


def children(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(word) for word in text.split()]


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_with_keys_it_wants_one(tmp_path: Path) -> None:
    publish(tmp_path, numbered(1))
    keys = tmp_path / "keys.json"
    token = create_key(keys, name="bank", scopes=(Scope.SCORES,), now=datetime(2026, 2, 1, tzinfo=UTC))
    with running(tmp_path, keys=keys) as (address, _):
        assert httpx.get(f"{address}/scores/p-1").status_code == 401
        assert httpx.get(f"{address}/scores/p-1", headers={"X-API-Key": token}).status_code == 200
        assert httpx.get(f"{address}/rings", headers={"X-API-Key": token}).status_code == 403


def test_broken_requests_leave_it_standing_and_nothing_about_people_in_its_log(tmp_path: Path) -> None:
    publish(tmp_path, numbered(1))
    with running(tmp_path) as (address, process):
        assert httpx.post(f"{address}/scores", content=b" " * (3 << 20)).status_code == 413
        host, port = address.removeprefix("http://").split(":")
        for raw in (b"\x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", HALF):
            with socket.create_connection((host, int(port))) as connection:
                connection.sendall(raw)
        assert httpx.get(f"{address}/scores/p-1").status_code == 200
        assert httpx.get(f"{address}/scores/secret-id").status_code == 404
        assert httpx.get(f"{address}/graph-features/p-1?features=secret-name").status_code == 422
        assert httpx.post(f"{address}/scores", json={"person_ids": ["secret-id", 7]}).status_code == 422
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    assert (out, err) == ("", "")


def test_what_cannot_be_served_is_refused_at_once(tmp_path: Path) -> None:
    def start(host: str, port: int = 0, *, workers: int = 1, insecure: bool = True) -> None:
        serve(tmp_path, host=host, port=port, workers=workers, insecure=insecure, keys=tmp_path / "keys.json")

    with pytest.raises(UsageError, match="others reach"):
        start("0.0.0.0")  # noqa: S104 - the address that must be refused
    with pytest.raises(UsageError, match="no API key in force"):
        start("127.0.0.1", insecure=False)
    with pytest.raises(UsageError, match="no such host"):
        start("no.such.host.invalid")
    with pytest.raises(UsageError, match="0 workers"):
        start("127.0.0.1", workers=0)
    with pytest.raises(UsageError, match="port 65536"):
        start("127.0.0.1", 65_536)
    taken = socket.create_server(("127.0.0.1", 0), reuse_port=True)
    with taken, pytest.raises(UsageError, match="the address cannot be used"):
        start("127.0.0.1", taken.getsockname()[1])


def test_a_worker_that_cannot_start_ends_the_service_with_a_word(tmp_path: Path) -> None:
    publish(tmp_path / "runs", numbered(1))
    (tmp_path / "audit").write_text("no folder")
    words = [str(tmp_path / "runs"), str(tmp_path / "keys.json"), "2", "yes"]
    ended = subprocess.run([sys.executable, "-c", LAUNCH, *words], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "a worker cannot start: [Errno 17] File exists" in ended.stderr
    assert "RunError: a worker cannot start" in ended.stderr
