"""Work takes as long as it takes, unless the server has given up or says nothing any more."""

import itertools
import threading
from collections.abc import Iterator

import pytest

from graphfraud.errors import StoreError
from graphfraud.store.neo4j import stalled
from graphfraud.store.neo4j.stalled import watched


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stalled, "LOOK_S", 0.05)
    monkeypatch.setattr(stalled, "ANSWER_S", 0.2)
    monkeypatch.setattr(stalled, "STILL_S", 0.2)


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """What nobody sets before the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_work_that_is_seen_to_go_on_is_waited_for() -> None:
    looks = itertools.count()
    enough = threading.Event()

    def look() -> int:
        number = next(looks)
        if number == 10:
            enough.set()
        return number

    watched(enough.wait, look, where="bolt://here")
    assert next(looks) == 11


def test_work_that_fails_is_told_as_it_fails() -> None:
    def fail() -> None:
        raise StoreError("the password is wrong")

    with pytest.raises(StoreError, match="the password is wrong"):
        watched(fail, lambda: 1, where="bolt://here")


def test_work_that_does_not_go_on_is_given_up(never: threading.Event) -> None:
    with pytest.raises(StoreError, match=r"bolt://here: .*disk may be full.*make room"):
        watched(never.wait, lambda: 1, where="bolt://here")


def test_a_server_that_does_not_even_answer_is_given_up(never: threading.Event) -> None:
    with pytest.raises(StoreError, match="disk may be full"):
        watched(never.wait, never.wait, where="bolt://here")


def test_a_look_that_fails_decides_nothing() -> None:
    """The work itself meets the same trouble, or comes through."""
    enough = threading.Event()

    def look() -> None:
        enough.set()
        raise StoreError("a moment of trouble")

    watched(enough.wait, look, where="bolt://here")
