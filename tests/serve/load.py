"""Clients of a long run of the service: honest ones who check every answer, and those that nobody wishes for.

Every number of a run of :mod:`tests.serve.published` derives from the run's own number, so an
answer that is wrong, old or mixed from two runs shows.
"""

import itertools
import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pyarrow as pa

from graphfraud.features.catalogue import CATALOGUE
from graphfraud.serve.features import ARROW, COLUMNS
from graphfraud.serve.routes import OPERATIONS
from tests.serve.published import PART_COLUMNS, numbered, ring_id, value
from tests.serve.test_contract import mangled

SEEN_AFTER_S: Final = 1.0
"""A new run answers by then, says the issue."""
AROUND_A_KILL_S: Final = 5.0
"""A broken connection within this of a kill is the kill's; a worker takes as long to come back on a busy machine."""
FEATURES: Final = {feature.name: slot for slot, feature in enumerate(CATALOGUE)}
BATCH: Final = 60
SENT_TOO_SLOWLY: Final = 408


@dataclass
class Book:
    """What the clients know together: which runs there were from when on, who was killed when, what went wrong."""

    switches: list[tuple[float, int]] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    decisions: dict[str, bytes] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def fault(self, text: str) -> None:
        """Something that must not happen."""
        self.faults.append(f"{time.monotonic():.2f} {text[:400]}")

    def oldest(self, asked: float) -> int:
        """The oldest run that may answer a question asked at this moment."""
        return max(number for at, number in list(self.switches) if at + SEEN_AFTER_S <= asked)

    def newest(self) -> int:
        """The newest run there is."""
        return self.switches[-1][1]

    def near_a_kill(self, begun: float) -> bool:
        """Whether a worker was killed while a question was on its way."""
        return any(begun - AROUND_A_KILL_S <= at <= time.monotonic() for at in list(self.kills))


def honest(book: Book, address: str, key: str, seed: int) -> None:
    """Ask all kinds of questions on kept connections, some on new ones, and check each answer."""
    chance = random.Random(seed)
    serial = itertools.count()
    while not book.stop.is_set():
        with httpx.Client(base_url=address, headers={"x-api-key": key}, timeout=60) as client:
            for _ in range(chance.randrange(1, 60)):
                if book.stop.is_set():
                    return
                question = chance.choice(QUESTIONS)
                begun = time.monotonic()
                try:
                    question(book, client, chance, f"{seed}-{next(serial)}")
                    book.counts[question.__name__] += 1
                except _DawdledError:
                    book.counts["dawdled"] += 1
                except httpx.TransportError as error:
                    book.counts["broken"] += 1
                    if not book.near_a_kill(begun):
                        book.fault(f"{question.__name__}: {type(error).__name__} with no worker killed")
                    break
                except AssertionError as error:
                    book.fault(f"{question.__name__}: {error}")
                book.stop.wait(chance.expovariate(40))


def _number(book: Book, asked: float, run_id: str) -> int:
    """The number of the run that answered, one that may answer."""
    number = int(run_id[-8:], 16)
    newest = book.newest()
    assert book.oldest(asked) <= number <= newest + 1, f"run {number} answered, {newest} is the newest"
    return number


class _DawdledError(Exception):
    """The client itself did not get to send its body in ten seconds, and was told so; counted, not a fault."""


def _ask(client: httpx.Client, method: str, url: str, **more: Any) -> httpx.Response:
    answer = client.request(method, url, **more)
    if answer.status_code == SENT_TOO_SLOWLY:
        raise _DawdledError
    assert answer.status_code == 200, f"{method} {url}: {answer.status_code} {answer.text}"
    return answer


def one_person(book: Book, client: httpx.Client, chance: random.Random, _serial: str) -> None:
    """GET /graph-features."""
    asked, place = time.monotonic(), chance.randrange(8)
    people = numbered(1).people
    path = f"/graph-features/{httpx.QueryParams({'p': people[place]})!s}".replace("p=", "").replace("+", "%20")
    content = _ask(client, "GET", path).json()
    sketch = numbered(_number(book, asked, content["run_id"]))
    assert content["snapshot_digest"] == f"{sketch.number:064x}"
    for name, told in content["features"].items():
        assert told["value"] == value(sketch, place, FEATURES[name]), f"{content['run_id']} {name} {told}"


def _batch(chance: random.Random) -> tuple[list[int], bytes]:
    places = [chance.randrange(-1, 8) for _ in range(BATCH)]
    ids = [numbered(1).people[place] if place >= 0 else "nobody" for place in places]
    return places, json.dumps({"person_ids": ids}).encode()


def _post(client: httpx.Client, url: str, body: bytes, accept: str = "application/json") -> httpx.Response:
    headers = {"content-type": "application/json", "accept": accept}
    return _ask(client, "POST", url, content=body, headers=headers)


def many_people(book: Book, client: httpx.Client, chance: random.Random, _serial: str) -> None:
    """POST /graph-features, JSON by value."""
    asked, (places, body) = time.monotonic(), _batch(chance)
    content = _post(client, "/graph-features", body).json()
    sketch = numbered(_number(book, asked, content["run_id"]))
    for place, person in zip(places, content["people"], strict=True):
        told = {name: found["value"] for name, found in person["features"].items()}
        expected = {name: value(sketch, place, slot) for name, slot in FEATURES.items()} if place >= 0 else {}
        assert told == expected, f"{content['run_id']} {person['person_id']}"


def by_column(book: Book, client: httpx.Client, chance: random.Random, _serial: str) -> None:
    """POST /graph-features, by column."""
    asked, (places, body) = time.monotonic(), _batch(chance)
    content = _post(client, "/graph-features", body, COLUMNS.decode()).json()
    sketch = numbered(_number(book, asked, content["run_id"]))
    for name, slot in FEATURES.items():
        expected = [value(sketch, place, slot) if place >= 0 else None for place in places]
        assert content["features"][name]["values"] == expected, f"{content['run_id']} {name}"


def in_arrow(book: Book, client: httpx.Client, chance: random.Random, _serial: str) -> None:
    """POST /graph-features, Arrow."""
    asked, (places, body) = time.monotonic(), _batch(chance)
    table = pa.ipc.open_stream(_post(client, "/graph-features", body, ARROW.decode()).content).read_all()
    sketch = numbered(_number(book, asked, table.schema.metadata[b"run_id"].decode()))
    for name, slot in FEATURES.items():
        expected = [value(sketch, place, slot) if place >= 0 else None for place in places]
        assert table.column(name).to_pylist() == expected, f"{sketch.run_id} {name}"


def score(book: Book, client: httpx.Client, chance: random.Random, _serial: str) -> None:
    """POST /scores."""
    asked, place = time.monotonic(), chance.randrange(7)
    content = _post(client, "/scores", json.dumps({"person_ids": [numbered(1).people[place]]}).encode()).json()
    number, found = _number(book, asked, content["run_id"]), content["people"][0]
    told = [found["score"], *(found["parts"][name] for name in PART_COLUMNS[1:])]
    assert told == [number + place / 100] * len(PART_COLUMNS), f"{content['run_id']} {told}"


def rings(book: Book, client: httpx.Client, chance: random.Random, _serial: str) -> None:
    """GET /rings, page after page, then one of them."""
    asked, place = time.monotonic(), chance.randrange(7)
    content = _ask(client, "GET", "/rings?limit=3").json()
    number = _number(book, asked, content["run_id"])
    assert {ring["p_value"] for ring in content["rings"]} == {0.001 * number}
    following = _ask(client, "GET", "/rings", params={"limit": 9, "after": content["next"]}).json()
    assert len(following["rings"]) == 4, following
    asked = time.monotonic()
    ring = _ask(client, "GET", f"/rings/{ring_id(place).replace('/', '%2F')}").json()
    assert ring["p_value"] == 0.001 * _number(book, asked, ring["run_id"])


def debts(book: Book, client: httpx.Client, _chance: random.Random, _serial: str) -> None:
    """GET /debt."""
    asked = time.monotonic()
    content = _ask(client, "GET", "/debt/p-2").json()
    number = _number(book, asked, content["run_id"])
    assert content["lenders_open"] in (None, number), content


def decision(book: Book, client: httpx.Client, _chance: random.Random, serial: str) -> None:
    """POST /decisions; one that was answered is kept."""
    asked = time.monotonic()
    loan = {"kind": "application", "application_id": serial, "person_id": "p-1", "amount": 3000.0}
    answer = _post(client, "/decisions", json.dumps(loan | {"at": "2026-02-01T09:00:00Z"}).encode())
    content = answer.json()
    _number(book, asked, content["run_id"])
    book.decisions[content["decision_id"]] = answer.content


def alerts(_book: Book, client: httpx.Client, _chance: random.Random, _serial: str) -> None:
    """GET /alerts, and the catalogue."""
    _ask(client, "GET", "/alerts")
    _ask(client, "GET", "/catalog")
    _ask(client, "GET", "/metrics")


QUESTIONS: Final[tuple[Callable[..., None], ...]] = (
    *(one_person,) * 6,
    *(many_people, by_column, in_arrow, score, score, rings, debts, decision, alerts),
)


def rude(book: Book, address: str, key: str, seed: int) -> None:
    """Leave in the middle: of the head, of the body, before the answer, in the middle of it."""
    chance, asked = random.Random(seed), _long_question(key)
    while not book.stop.wait(chance.expovariate(4)):
        with _connected(book, address) as place:
            if place is None:
                continue
            _send(place, asked[: chance.randrange(1, len(asked) + 1)])
            if chance.random() < 0.5:
                _receive(place, chance.choice([1, 10_000]))
            book.counts["left"] += 1


def slow(book: Book, address: str, key: str, seed: int) -> None:
    """Read a long answer a little at a time, or send a question a byte at a time."""
    chance, asked = random.Random(seed), _long_question(key)
    while not book.stop.is_set():
        with _connected(book, address) as place:
            if place is None:
                continue
            dribbles = chance.random() < 0.3
            if not dribbles:
                _send(place, asked)
            for at in range(40):
                if book.stop.wait(0.25):
                    return
                if dribbles:
                    _send(place, asked[at : at + 1])
                elif not _receive(place, 20_000):
                    break
            book.counts["slow"] += 1


def garbage(book: Book, address: str, key: str, seed: int) -> None:
    """Bytes that are no HTTP, heads that are none, bodies at random; none may make a 5xx."""
    chance = random.Random(seed)
    posts = [one for one in OPERATIONS if one.method == "POST" and one.path not in ("/login", "/decisions")]
    while not book.stop.wait(chance.expovariate(8)):
        with _connected(book, address) as place:
            if place is None:
                continue
            operation = chance.choice(posts)
            body = mangled(chance, operation.example)
            path = operation.path.replace("{alert_id}", "x").replace("{name}", "x")
            if chance.random() < 0.3:
                _send(place, chance.randbytes(chance.randrange(1, 3_000)) + b"\r\n\r\n")
            else:
                _send(place, _question("POST", path, key, body))
            found = _receive(place, 600)
            book.counts["garbage"] += 1
            if found.startswith(b"HTTP/1.1 5"):
                book.fault(f"garbage: {path} {body[:200]!r} {found!r}")


def _long_question(key: str) -> bytes:
    """A thousand people by value: an answer of megabytes."""
    return _question("POST", "/graph-features", key, json.dumps({"person_ids": ["p-1", "p-2"] * 500}).encode())


def _question(method: str, path: str, key: str, body: bytes) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nhost: x\r\nx-api-key: {key}\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body


class _connected:  # noqa: N801 - used as a word, like closing
    """A raw connection; None where there is none, which only a kill explains."""

    def __init__(self, book: Book, address: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        begun = time.monotonic()
        try:
            self._socket: socket.socket | None = socket.create_connection((host, int(port)), timeout=30)
        except OSError as error:
            self._socket = None
            if not book.near_a_kill(begun):
                book.fault(f"no connection: {error}")
            book.stop.wait(0.1)

    def __enter__(self) -> socket.socket | None:
        return self._socket

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()


def _send(place: socket.socket, content: bytes) -> None:
    try:
        place.sendall(content)
    except OSError:
        return


def _receive(place: socket.socket, count: int) -> bytes:
    try:
        return place.recv(count)
    except OSError:
        return b""
