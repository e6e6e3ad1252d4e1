"""Whatever goes wrong leaves as an RFC 9457 problem; nothing a client sends makes a 500."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.publish.serving import write_serving
from graphfraud.serve import routes
from graphfraud.serve.answers import Problem
from graphfraud.serve.question import BODY_LIMIT
from tests.serve.conftest import Client, make_client
from tests.serve.published import Sketch, publish, write_tables

BIG = b'{"person_ids": ["' + b"x" * BODY_LIMIT + b'"]}'
GZIP = {"content-encoding": "gzip"}
PICTURE = {"accept": "image/png"}
NOBODY: dict[str, list[str]] = {"person_ids": []}
CASES: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "no route": ("GET", "/nope", {}, 404, "not-found"),
    "slash too many": ("GET", "/rings/x/../..", {}, 404, "not-found"),
    "wrong method": ("DELETE", "/scores/p-1", {}, 405, "method-not-allowed"),
    "list without POST": ("GET", "/graph-features", {}, 405, "method-not-allowed"),
    "long id": ("GET", f"/scores/{'x' * 129}", {}, 422, "unprocessable"),
    "longest id": ("GET", f"/scores/{'x' * 128}", {}, 404, "not-found"),
    "no body": ("POST", "/scores", {}, 400, "malformed"),
    "half a body": ("POST", "/scores", {"content": b'{"person_ids": ['}, 400, "malformed"),
    "not UTF-8": ("POST", "/scores", {"content": b'{"person_ids": ["\xff"]}'}, 400, "malformed"),
    "half a character": ("POST", "/scores", {"content": b'{"person_ids": ["\\ud800"]}'}, 400, "malformed"),
    "deep": ("POST", "/scores", {"content": b"[" * 100_000}, 422, "unprocessable"),
    "deep inside": ("POST", "/scores", {"content": b'{"person_ids": ' + b"[" * 100_000}, 422, "unprocessable"),
    "no ids": ("POST", "/scores", {"json": {}}, 422, "unprocessable"),
    "other field": ("POST", "/scores", {"json": {"person_ids": [], "purpose": "x"}}, 422, "unprocessable"),
    "number as id": ("POST", "/scores", {"json": {"person_ids": ["a", 1]}}, 422, "unprocessable"),
    "empty id": ("POST", "/scores", {"json": {"person_ids": [""]}}, 422, "unprocessable"),
    "over-long id": ("POST", "/scores", {"json": {"person_ids": ["x" * 129]}}, 422, "unprocessable"),
    "too many": ("POST", "/scores", {"json": {"person_ids": ["x"] * 1_001}}, 422, "unprocessable"),
    "too large": ("POST", "/scores", {"content": BIG}, 413, "too-large"),
    "form": ("POST", "/scores", {"data": {"person_ids": "x"}}, 415, "unsupported-type"),
    "compressed": ("POST", "/scores", {"content": b"x", "headers": GZIP}, 415, "unsupported-type"),
    "not acceptable": ("POST", "/graph-features", {"json": NOBODY, "headers": PICTURE}, 406, "not-acceptable"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_request_that_cannot_be_answered(client: Client, case: str) -> None:
    method, url, more, status, kind = CASES[case]
    answer = client.ask(method, url, **more)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert (problem.status, problem.type) == (status, f"urn:graphfraud:problem:{kind}")


def test_limits_are_told(client: Client) -> None:
    many = client.post("/scores", {"person_ids": ["x"] * 1_001}).json()
    assert many["detail"] == "Expected `array` of length <= 1000 - at `$.person_ids`"
    large = client.ask("POST", "/scores", content=BIG).json()
    assert large["detail"] == "the body is longer than 1,048,576 bytes"
    assert client.post("/scores", {"person_ids": ["x"] * 1_000}).status_code == 200


def test_a_body_without_a_length_is_cut_off_too(client: Client) -> None:
    async def endless() -> Any:
        for _ in range(20):
            yield b" " * (BODY_LIMIT // 10)

    assert client.ask("POST", "/scores", content=endless()).status_code == 413


def test_a_wrong_method_learns_the_right_one(client: Client) -> None:
    assert client.ask("PUT", "/rings").headers["allow"] == "GET, HEAD"


def test_without_a_run_nothing_is_ready(tmp_path: Path) -> None:
    empty = make_client(tmp_path / "none", tmp_path)
    for url in ("/readyz", "/rings", "/scores/p-1", "/graph-features/p-1", "/catalog"):
        answer = empty.get(url)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.json()["detail"] == "no run is published"
    assert empty.get("/healthz").status_code == 200
    assert b"graphfraud_ready 0.0" in empty.get("/metrics").content


def test_a_mishap_inside_shows_nothing_of_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    runs = tmp_path / "runs"
    write_tables(runs / Sketch().run_id, Sketch())
    path = runs / Sketch().run_id / "scores.parquet"
    table = pq.read_table(path)
    person = table.column("person_id")
    pq.write_table(table.set_column(1, "score", person), path)  # a score that is no number
    write_serving(path.parent)
    publish(runs, Sketch())
    with caplog.at_level(logging.DEBUG, logger="graphfraud"):
        answer = make_client(runs, tmp_path).get("/scores/p-1")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json() == {
        "type": "urn:graphfraud:problem:internal-server-error",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "the service failed; its log says where",
    }
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("graphfraud")]
    assert len(logged) == 1
    assert logged[0].startswith("ValidationError at score_of_one line")
    assert "p-1" not in logged[0]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
near_bodies = st.fixed_dictionaries(
    {}, optional={"person_ids": json_values, "features": json_values, "x": json_values}
).map(msgspec.json.encode)
bodies = st.binary(max_size=200) | near_bodies | json_values.map(msgspec.json.encode)
posts = st.sampled_from([operation.path for operation in routes.OPERATIONS if operation.method == "POST"])
accepts = st.sampled_from(["*/*", "application/json", ";", "a;q=x, ,*/*;q=9", "application/vnd.apache.arrow.stream"])


@settings(max_examples=150, deadline=None)
@given(path=posts, body=bodies, accept=accepts)
def test_no_body_makes_a_500(client: Client, path: str, body: bytes, accept: str) -> None:
    answer = client.ask("POST", path, content=body, headers={"accept": accept})
    assert answer.status_code in (200, 400, 401, 404, 406, 409, 422)


@settings(max_examples=40, deadline=None)
@given(tail=st.text(st.characters(codec="utf-8"), max_size=20), query=st.binary(max_size=30))
@pytest.mark.parametrize("head", ["/graph-features/", "/scores/", "/rings", "/rings/", "/debt/", "/"])
def test_no_url_makes_a_500(client: Client, head: str, tail: str, query: bytes) -> None:
    scope_path = head + tail
    assert asgi_status(client, scope_path, query) in (200, 404, 405, 422)


def asgi_status(client: Client, path: str, query: bytes) -> int:
    """Status for a path and query that no client library would let through."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "query_string": query,
        "headers": [(b"host", b"localhost:8000")],
    }
    asyncio.run(client.app(scope, receive, send))  # type: ignore[arg-type]
    return int(sent[0]["status"])
