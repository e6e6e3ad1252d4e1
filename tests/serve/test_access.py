"""Who may ask: every route, with no key, a wrong one, a revoked one, too small a one; and rebinding pages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphfraud.errors import KeyMaterialError, UsageError
from graphfraud.serve.access import KeyAccess, LoopbackAccess, Place, access_for
from graphfraud.serve.keys import Scope, create_key, revoke_key
from graphfraud.serve.routes import OPERATIONS
from tests.serve.conftest import Client, furnished, make_client

NOW = datetime(2026, 2, 1, tzinfo=UTC)
EVERYWHERE = "0.0.0.0"  # noqa: S104 - the address that must be refused
BODY = {"person_ids": ["p-1"]}
KEYED = [operation for operation in OPERATIONS if not operation.keyless]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def url(path: str) -> str:
    known = {"person_id": "p-1", "ring_id": "ring%2F0-0", "alert_id": "alert-1", "name": "worst_rings"}
    found = path.format(**known)
    return f"{found}?from=p-1&to=p-2" if path == "/paths" else found


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guarded(runs: Path, tmp_path: Path, keys: Path, clock: Clock) -> Client:
    create_key(keys, name="first", scopes=tuple(Scope), now=NOW)
    return make_client(runs, tmp_path, access=KeyAccess(keys, clock), **furnished(tmp_path))


@pytest.mark.parametrize("operation", KEYED, ids=lambda operation: operation.route)
def test_every_route_wants_a_key_of_its_scope(guarded: Client, keys: Path, clock: Clock, operation: object) -> None:
    assert operation in KEYED
    method, path, scope = operation.method, url(operation.path), operation.scope  # type: ignore[attr-defined]
    more = {"json": operation.example} if method == "POST" else {}  # type: ignore[attr-defined]
    passed = 404 if "alert-1" in path else 200  # there is no such alert, but the gate is open
    every = create_key(keys, name="every", scopes=tuple(Scope), now=NOW)
    others = create_key(keys, name="others", scopes=tuple(set(Scope) - {scope}), now=NOW)
    clock.now += 1

    bare = guarded.ask(method, path, **more)
    assert bare.status_code == 401
    assert bare.headers["www-authenticate"] == 'Bearer realm="graphfraud"'
    assert bare.json()["type"] == "urn:graphfraud:problem:unauthorised"
    for wrong in ({"x-api-key": every[:-1]}, {"authorization": every}, {"authorization": f"Basic {every}"}):
        assert guarded.ask(method, path, headers=wrong, **more).status_code == 401

    for right in ({"authorization": f"Bearer {every}"}, {"authorization": f"bearer {every}"}, {"x-api-key": every}):
        assert guarded.ask(method, path, headers=right, **more).status_code == passed
    assert guarded.ask(method, path, headers={"x-api-key": others}, **more).status_code == (
        passed if not scope else 403
    )

    revoke_key(keys, name="every", now=NOW)
    clock.now += 1
    assert guarded.ask(method, path, headers={"x-api-key": every}, **more).status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
def test_what_a_probe_asks_needs_no_key(guarded: Client, path: str) -> None:
    assert guarded.get(path).status_code == 200


def test_a_key_file_that_turns_bad_lets_nobody_in(guarded: Client, keys: Path, clock: Clock) -> None:
    token = create_key(keys, name="bank", scopes=(Scope.SCORES,), now=NOW)
    assert guarded.get("/scores/p-1", headers={"x-api-key": token}).status_code == 200
    keys.chmod(0o644)
    keys.write_bytes(b"{")
    clock.now += 1
    answer = guarded.get("/scores/p-1", headers={"x-api-key": token})
    assert answer.status_code == 500
    assert str(keys) not in answer.text
    keys.unlink()
    clock.now += 1
    assert guarded.get("/scores/p-1", headers={"x-api-key": token}).status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:8000", 200),
        ("127.9.9.9:8000", 200),
        ("[::1]:8000", 200),
        ("localhost", 403),
        ("localhost:8001", 403),
        ("evil.example:8000", 403),
        ("localhost.evil.example:8000", 403),
        ("127.0.0.1.evil.example:8000", 403),
        ("evil.example@localhost:8000", 403),
        ("localhost:8000/", 403),
        ("localhost:8000, evil.example", 403),
        ("0.0.0.0:8000", 403),
        ("[::1", 403),
        ("", 403),
    ],
)
@pytest.mark.parametrize("path", ["/scores/p-1", "/healthz"])
def test_without_keys_only_our_own_names_are_served(client: Client, path: str, host: str, status: int) -> None:
    answer = client.get(path, headers={"host": host})
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/json" if status == 200 else "application/problem+json",
    )


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:8000", 200),
        ("http://LocalHost:8000", 200),
        ("http://127.0.0.1:8000", 403),
        ("https://localhost:8000", 403),
        ("http://localhost:8001", 403),
        ("http://evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_without_keys_only_our_own_page_may_ask(client: Client, origin: str, status: int) -> None:
    assert client.ask("POST", "/scores", json=BODY, headers={"origin": origin}).status_code == status


def test_unknown_routes_are_screened_as_well(client: Client) -> None:
    assert client.get("/nope", headers={"host": "evil.example:8000"}).status_code == 403


def test_no_key_no_service_but_on_loopback(keys: Path, clock: Clock) -> None:
    def choose(host: str, *, insecure: bool) -> object:
        return access_for(Place(host, 8000), insecure=insecure, keys=keys, clock=clock)

    assert choose("127.0.0.1", insecure=True) == LoopbackAccess(8000)
    for host in ("192.0.2.1", "2001:db8::1", EVERYWHERE):
        with pytest.raises(UsageError, match="others reach"):
            choose(host, insecure=True)
    for host in (EVERYWHERE, "127.0.0.1"):
        with pytest.raises(UsageError, match="no API key in force"):
            choose(host, insecure=False)
    create_key(keys, name="bank", scopes=(Scope.SCORES,), now=NOW)
    assert isinstance(choose(EVERYWHERE, insecure=False), KeyAccess)
    revoke_key(keys, name="bank", now=NOW)
    with pytest.raises(UsageError, match="no API key in force"):
        choose(EVERYWHERE, insecure=False)
    keys.chmod(0o644)
    with pytest.raises(KeyMaterialError):
        choose(EVERYWHERE, insecure=False)
