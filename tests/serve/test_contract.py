"""The whole surface at once: schemathesis over the OpenAPI document, strings that attack, bodies at random."""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi.checks import ignored_auth

from graphfraud.serve.routes import OPERATIONS
from tests.serve.conftest import Client, furnished, make_client

SEED = 20_260_201
ATTACKS = (
    "' OR '1'='1",
    '"; DROP TABLE alerts; --',
    "../../../../etc/passwd",
    "..%2f..%2fmanifest.json",
    "%00",
    "\x00",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "\r\nset-cookie: a=b",
    "p-1) RETURN n //",
    "\ud7ff\uffff",
    "𝕏" * 40,
    "NaN",
    "-1e999",
)
TOO_LONG = "x" * 200_000


@pytest.fixture(scope="module")
def service(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Client:
    folder = tmp_path_factory.mktemp("contract")
    return make_client(runs, folder, **furnished(folder))


@pytest.fixture(scope="module")
def surface(service: Client) -> Any:
    """The document as schemathesis reads it."""
    return schemathesis.openapi.from_asgi("/openapi.json", service.app, headers={"host": "localhost:8000"})


@pytest.mark.parametrize("examples", [3, pytest.param(60, marks=pytest.mark.soak)])
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.route)
def test_schemathesis_finds_nothing(surface: Any, operation: Any, mode: Any, examples: int) -> None:
    """Every check there is; keys are tested in test_access, since nobody needs one on loopback."""
    described = surface[operation.path][operation.method]

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described.as_strategy(generation_mode=mode))
    def every_case(case: Any) -> None:
        case.call_and_validate(headers={"host": "localhost:8000"}, excluded_checks=[ignored_auth])

    try:
        every_case()
    except Unsatisfiable:  # a route that takes nothing cannot be asked wrongly
        assert mode is schemathesis.GenerationMode.NEGATIVE


def test_no_string_breaks_out(service: Client) -> None:
    for attack in (*ATTACKS, TOO_LONG):
        for operation in OPERATIONS:
            answer = attacked(service, operation, attack)
            if answer is None:
                continue
            assert answer.status_code < 500, (operation.route, attack[:40], answer.text[:200])
            assert "root:" not in answer.text
            assert "a=b" not in answer.headers.get("set-cookie", "")


def attacked(service: Client, operation: Any, attack: str) -> httpx.Response | None:
    """One question with the attack in every place that takes text."""
    try:
        if operation.method == "POST":
            path = operation.path.split("{")[0] + (
                "next" + operation.path.split("}")[1] if "{" in operation.path else ""
            )
            return service.post(path, filled(operation.example, attack))
        query = {parameter.name: attack for parameter in operation.parameters}
        path = operation.path.replace("{" + str(operation.path_id) + "}", httpx.QueryParams({"a": attack})["a"])
        return service.ask("GET", path, params=query or None)
    except (httpx.InvalidURL, UnicodeEncodeError):
        return None  # no client can send it


def filled(example: Any, attack: str) -> Any:
    """The example with every text replaced."""
    if isinstance(example, str):
        return attack
    if isinstance(example, list):
        return [filled(one, attack) for one in example]
    return {name: filled(one, attack) for name, one in example.items()} if isinstance(example, dict) else example


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_no_body_at_random_makes_a_500(service: Client, count: int) -> None:
    chance = random.Random(int(os.environ.get("GRAPHFRAUD_FUZZ_SEED", SEED)))
    posts = [operation for operation in OPERATIONS if operation.method == "POST" and operation.path != "/login"]

    async def all_of_them() -> None:
        for number in range(count):
            operation = chance.choice(posts)
            body = mangled(chance, operation.example)
            path = operation.path.replace("{alert_id}", chance.choice(["next", "alert-1", "x"]))
            path = path.replace("{name}", chance.choice(["timeline", "x"]))
            status, answer = await straight(service.app, path, body, accept=chance.choice([b"*/*", b"x", b""]))
            assert status < 500, (number, path, body[:200], answer)

    asyncio.run(all_of_them())


async def straight(app: Any, path: str, body: bytes, *, accept: bytes) -> tuple[int, bytes]:
    """Status and body of an answer, asked as a server asks: a client would take ten times as long."""
    headers = [(b"host", b"localhost:8000"), (b"content-type", b"application/json"), (b"accept", accept)]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "headers": headers}
    scope |= {
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "root_path": "",
        "server": ("localhost", 80),
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


def mangled(chance: random.Random, example: Any) -> bytes:
    """An example with bytes changed, cut, doubled or put in; or no JSON at all."""
    body = bytearray(msgspec.json.encode(wild(chance, example)))
    for _ in range(chance.choice([0, 0, 1, 3])):
        place = chance.randrange(len(body) + 1)
        what = chance.randrange(4)
        if what == 0:
            body[place:place] = chance.randbytes(chance.randrange(1, 5))
        elif what == 1:
            del body[place : place + chance.randrange(1, 9)]
        elif what == 2:
            body[place:place] = b"[" * chance.choice([1, 50, 5_000])
        else:
            body += body[:place]
    return bytes(body)


def wild(chance: random.Random, example: Any) -> Any:
    """The example with some values of other kinds in it."""
    if chance.random() < 0.1:
        return chance.choice([None, True, -1, 2**63, 1e308, "", "p-1", [], {}, [[]], {"a": None}, "\u0000", "x" * 300])
    if isinstance(example, list):
        return [wild(chance, one) for one in example] * chance.choice([1, 1, 1, 0, 3])
    if isinstance(example, dict):
        return {name: wild(chance, one) for name, one in example.items() if chance.random() > 0.05}
    return example
