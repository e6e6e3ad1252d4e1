"""Limits: a key's budget over all workers, and what a client is told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphfraud.errors import TooManyRequestsError
from graphfraud.serve.access import KeyAccess
from graphfraud.serve.keys import Grant, Scope, grant_key
from graphfraud.serve.limits import Limits
from tests.serve.conftest import make_client
from tests.serve.test_access import Clock

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def admitted(limits: Limits, place: int, rate: float | None, moments: list[float]) -> list[bool]:
    found = []
    for now in moments:
        try:
            limits.spend(place, rate, now)
            found.append(True)
        except TooManyRequestsError:
            found.append(False)
    return found


def test_a_second_holds_as_many_requests_as_the_rate_says(tmp_path: Path) -> None:
    limits = Limits(tmp_path / "limits")
    assert admitted(limits, 0, 5, [100.0] * 7) == [True] * 5 + [False] * 2
    assert admitted(limits, 0, 5, [100.2, 100.2]) == [True, False]
    assert admitted(limits, 0, 5, [110.0] * 6) == [True] * 5 + [False]


def test_over_a_long_time_no_more_than_the_rate(tmp_path: Path) -> None:
    limits = Limits(tmp_path / "limits")
    moments = [100 + step / 100 for step in range(1_000)]  # ten seconds, a hundred requests each
    assert sum(admitted(limits, 0, 10, moments)) in range(100, 111)


def test_a_slow_rate_lets_one_through(tmp_path: Path) -> None:
    limits = Limits(tmp_path / "limits")
    assert admitted(limits, 0, 0.1, [100.0, 100.0, 105.0, 110.0]) == [True, False, False, True]


def test_keys_do_not_share_and_workers_do(tmp_path: Path) -> None:
    one, other = Limits(tmp_path / "limits"), Limits(tmp_path / "limits")
    assert admitted(one, 0, 2, [100.0, 100.0]) == [True, True]
    assert admitted(other, 0, 2, [100.0]) == [False]
    assert admitted(other, 1, 2, [100.0]) == [True]


def test_without_a_rate_there_is_no_limit(tmp_path: Path) -> None:
    assert all(admitted(Limits(tmp_path / "limits"), 0, None, [100.0] * 1_000))
    assert admitted(Limits(tmp_path / "other", default_per_s=1), 0, None, [100.0] * 2) == [True, False]


def test_the_client_is_told_when_to_come_back(runs: Path, tmp_path: Path) -> None:
    clock, keys = Clock(), tmp_path / "keys.json"
    clock.now = 100.0
    token = grant_key(keys, name="slow", grant=Grant((Scope.SCORES,), rate_per_s=0.25), now=NOW)
    other = grant_key(keys, name="other", grant=Grant((Scope.SCORES,)), now=NOW)
    access = KeyAccess(keys, clock, limits=Limits(tmp_path / "limits"))
    client = make_client(runs, tmp_path, access=access)
    assert client.get("/scores/p-1", headers={"x-api-key": token}).status_code == 200
    answer = client.get("/scores/p-1", headers={"x-api-key": token})
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:graphfraud:problem:too-many-requests")
    clock.now += int(answer.headers["retry-after"])
    assert client.get("/scores/p-1", headers={"x-api-key": token}).status_code == 200
    for _ in range(5):
        assert client.get("/scores/p-1", headers={"x-api-key": other}).status_code == 200


@pytest.mark.parametrize("place", [4_095, 5_000])
def test_keys_beyond_the_file_share_its_last_place(tmp_path: Path, place: int) -> None:
    limits = Limits(tmp_path / "limits")
    admitted(limits, 9_999, 1, [100.0])
    assert admitted(limits, place, 1, [100.0]) == [False]
