"""Answers are those of the application, however the bytes arrive; nobody holds a worker up."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import uvicorn
import uvloop
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from graphfraud.serve import wire
from graphfraud.serve.access import KeyAccess
from graphfraud.serve.app import Equipment, counted, create_app
from graphfraud.serve.audit import Audit
from graphfraud.serve.features import ARROW, COLUMNS
from graphfraud.serve.keys import Scope, create_key
from graphfraud.serve.limits import Limits
from graphfraud.serve.metrics import RequestCounts
from graphfraud.serve.wire import Wire
from tests.serve.published import numbered, publish

NOW: Final = datetime(2026, 2, 1, tzinfo=UTC)
PEOPLE: Final = numbered(1).people
MANY: Final = json.dumps({"person_ids": [*PEOPLE, "nobody"] * 30}).encode()


class Place:
    """An application behind the wire, and in front of it a socket for each question."""

    def __init__(self, home: Path, **more: Any) -> None:
        publish(home / "runs", numbered(1))
        keys = home / "keys.json"
        self.key = create_key(keys, name="all", scopes=(Scope.FEATURES,), now=NOW)
        self.other = create_key(keys, name="other", scopes=(Scope.SCORES,), now=NOW)
        self.counts = RequestCounts(home / "counts", counted())
        access = KeyAccess(keys, time.monotonic, limits=Limits(home / "limits", default_per_s=1e6))
        self.app = create_app(home / "runs", access=access, counts=self.counts, equipment=Equipment(**more))
        self.address = ("", 0)

    def ask(self, raw: bytes) -> bytes:
        """Everything that comes back until the other side closes."""
        with socket.create_connection(self.address, timeout=20) as connection:
            connection.sendall(raw)
            return b"".join(iter(lambda: connection.recv(1 << 16), b""))


@contextmanager
def listening(app: FastAPI) -> Iterator[tuple[str, int]]:
    """The application on a free port of this machine, in a thread."""
    config = uvicorn.Config(app, http=Wire, ws="none", interface="asgi3", lifespan="off", log_config=None,
                            access_log=False, server_header=False, proxy_headers=False)  # fmt: skip
    config.load()
    state, loop, ready = ServerState(), uvloop.new_event_loop(), threading.Event()
    place: list[tuple[str, int]] = []
    end = asyncio.Event()

    async def serve() -> None:
        server = await loop.create_server(lambda: Wire(config, state, {}), "127.0.0.1", 0)
        place.append(server.sockets[0].getsockname())
        ready.set()
        await end.wait()
        server.close()
        for one in list(state.connections):
            one.transport.abort()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(20)
    try:
        yield place[0]
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One application for all that only ask."""
    home = tmp_path_factory.mktemp("wire")
    audit = Audit(home / "audit")
    found = Place(home, audit=audit)
    with listening(found.app) as found.address:
        yield found
    audit.close()


def request(method: str, path: str, key: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """The bytes of one request, which ends its connection."""
    fields = {"host": "x", "authorization": f"Bearer {key}", "connection": "close"} | (headers or {})
    if body:
        fields["content-length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items() if value), "", ""]
    return "\r\n".join(lines).encode() + body


def told(raw: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer, without what belongs to the connection."""
    head, _, body = raw.partition(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    return int(start.split()[1]), {name: fields[name] for name in fields if name not in ("date", "connection")}, body


JSON: Final = {"content-type": "application/json"}
QUESTIONS: Final = (
    ("GET", "/graph-features/p-1", {}, b""),
    ("GET", "/graph-features/a%2Fb%3Fc%3Dd%26e?features=friends,groups", {}, b""),
    ("GET", "/graph-features/a/b%3Fc%3Dd%26e", {"accept-encoding": "gzip"}, b""),
    ("GET", "/graph-features/nobody", {}, b""),
    ("GET", "/graph-features/", {}, b""),
    ("GET", "/graph-features", {}, b""),
    ("GET", "/graph-features/" + "x" * 129, {}, b""),
    ("GET", "/graph-features/%FF%00", {}, b""),
    ("GET", "/graph-features/p-1?features=nonsense", {}, b""),
    ("GET", "/graph-features/p-1?feature=friends", {}, b""),
    ("GET", "/graph-features/p-1", {"if-none-match": "*"}, b""),
    ("GET", "/graph-features/p-1", {"authorization": ""}, b""),
    ("GET", "/graph-features/p-1", {"authorization": "Bearer gf_wrong"}, b""),
    ("GET", "/scores/p-1", {}, b""),
    ("DELETE", "/graph-features/p-1", {}, b""),
    ("HEAD", "/graph-features/p-1", {}, b""),
    ("GET", "/healthz", {}, b""),
    ("GET", "/nowhere", {}, b""),
    ("POST", "/graph-features", JSON, MANY),
    ("POST", "/graph-features", {**JSON, "accept": COLUMNS.decode()}, MANY),
    ("POST", "/graph-features", {**JSON, "accept": ARROW.decode()}, MANY),
    ("POST", "/graph-features", {**JSON, "accept": ARROW.decode(), "accept-encoding": "gzip"}, MANY),
    ("POST", "/graph-features", {**JSON, "accept": "text/html"}, MANY),
    ("POST", "/graph-features", {"content-type": "text/plain"}, MANY),
    ("POST", "/graph-features", {**JSON, "content-encoding": "gzip"}, MANY),
    ("POST", "/graph-features", JSON, b"{"),
    ("POST", "/graph-features", JSON, b'{"person_ids": 7}'),
    ("POST", "/graph-features", {**JSON, "authorization": ""}, MANY),
    ("POST", "/graph-features", JSON, b" " * ((1 << 20) + 1)),
    ("POST", "/scores", JSON, MANY),
)


@pytest.mark.parametrize(("method", "path", "headers", "body"), QUESTIONS)
def test_it_is_what_the_application_answers(
    place: Place, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    with socket.create_connection(place.address, timeout=20) as connection:
        connection.sendall(request(method, path, place.key, {"connection": "keep-alive"} | headers, body))
        with connection.makefile("rb") as reading:
            status, fields, content = one_answer(reading, method)

    sent = {"authorization": f"Bearer {place.key}", "accept-encoding": "", "accept": "*/*"} | headers
    asked = httpx.Request(method, f"http://x{path}", headers={k: v for k, v in sent.items() if v}, content=body)
    expected = asyncio.run(answered(place.app, asked))
    raw = b"".join(expected.iter_raw())
    assert (status, content) == (expected.status_code, raw)
    assert {name: value for name, value in fields.items() if name != "content-length"} == {
        name: value for name, value in expected.headers.items() if name != "content-length"
    }
    assert fields.get("content-length") == (None if status == 304 else expected.headers["content-length"])


async def answered(app: FastAPI, asked: httpx.Request) -> httpx.Response:
    """The application's own answer."""
    transport = httpx.ASGITransport(app)
    answer = await transport.handle_async_request(asked)
    content = b"".join([part async for part in answer.stream])  # type: ignore[union-attr]  # a stream of this kind
    return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(content))


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_pieces_and_pipelines_get_the_same_answers_in_order(place: Place, data: st.DataObject) -> None:
    chosen = data.draw(
        st.lists(st.sampled_from([one for one in QUESTIONS if len(one[3]) < 1 << 16]), min_size=1, max_size=6)
    )
    sent = [
        request(method, path, place.key, {"connection": "keep-alive"} | headers, body)
        for method, path, headers, body in chosen
    ]
    alone = [told(place.ask(request(*one[:2], place.key, *one[2:]))) for one in chosen]
    whole = b"".join(sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))

    with socket.create_connection(place.address, timeout=20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reading = connection.makefile("rb")
        for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True):
            connection.sendall(whole[start:stop])
            time.sleep(0.001)
        found = [one_answer(reading, method) for method, *_ in chosen]
        reading.close()
    assert found == alone


def one_answer(reading: Any, method: str) -> tuple[int, dict[str, str], bytes]:
    """The next answer of a connection."""
    head = b"".join(iter(reading.readline, b"\r\n"))
    status, fields, _ = told(head[:-2] + b"\r\n\r\n")
    length = 0 if method == "HEAD" else int(fields.get("content-length", 0))
    return status, fields, reading.read(length)


def test_an_old_client_and_one_that_waits_to_be_asked_are_served(place: Place) -> None:
    old = (
        request("GET", "/graph-features/p-1", place.key)
        .replace(b"HTTP/1.1", b"HTTP/1.0")
        .replace(b"connection: close\r\n", b"")
    )
    assert told(place.ask(old))[0] == 200
    careful = request("POST", "/graph-features", place.key, {**JSON, "expect": "100-continue"}, MANY)
    answer = place.ask(careful)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\xff\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
    ],
)
def test_nonsense_is_refused_and_its_connection_closed(place: Place, raw: bytes) -> None:
    assert place.ask(raw).startswith(b"HTTP/1.1 400 ")


def test_endless_headers_are_cut_off(place: Place) -> None:
    with socket.create_connection(place.address, timeout=20) as connection, pytest.raises(ConnectionError):
        connection.sendall(b"GET /healthz HTTP/1.1\r\n" + b"x: yyyyyyyyyyyyyyyy\r\n" * (1 << 20))


def test_every_answer_is_counted(place: Place) -> None:
    row = counted().index("GET /graph-features/{person_id}")
    before = place.counts.totals()[row].copy()
    place.ask(request("GET", "/graph-features/p-1", place.key))
    place.ask(request("GET", "/graph-features/nobody", place.key))
    place.ask(request("HEAD", "/graph-features/p-1", place.key))
    grown = place.counts.totals()[row] - before
    assert grown[:5].tolist() == [0, 2, 0, 1, 0]


def test_who_says_nothing_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEADER_S", 0.3)
    monkeypatch.setattr(wire, "IDLE_S", 0.3)
    monkeypatch.setattr(wire, "LOOK_S", 0.1)
    found = Place(tmp_path)
    whole = request("GET", "/graph-features/p-1", found.key, {"connection": "keep-alive"})
    with listening(found.app) as found.address:
        for sent, answered in (
            (b"", b""),
            (whole[:20], b""),
            (whole, b"HTTP/1.1 200"),
            (whole + whole[:9], b"HTTP/1.1 200"),
        ):
            assert found.ask(sent)[:12] == answered


def test_more_than_a_worker_reads_from_wait_for_their_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "IN_FLIGHT", 2)
    monkeypatch.setattr(wire, "WAITING", 1)
    found = Place(tmp_path)
    raw = request("GET", "/graph-features/p-1", found.key)
    with listening(found.app) as found.address:
        held = [socket.create_connection(found.address, timeout=20) for _ in range(3)]
        until(lambda: refused(found.address))
        held[2].sendall(raw)
        held[2].settimeout(0.3)
        with pytest.raises(TimeoutError):
            held[2].recv(1)
        held[0].close()
        held[2].settimeout(20)
        assert held[2].recv(12) == b"HTTP/1.1 200"
        for one in held[1:]:
            one.close()


def refused(address: tuple[str, int]) -> bool:
    """Whether a connection more is closed at once."""
    try:
        with socket.create_connection(address, timeout=1) as one:
            return one.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def until(done: Callable[[], bool]) -> None:
    """Until it is so; the suite's own time limit ends a wait in vain."""
    while not done():
        time.sleep(0.02)
