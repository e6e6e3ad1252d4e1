"""Work takes as long as it takes, unless the server has given up or says nothing any more."""

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


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """What nobody sets before the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_work_that_is_seen_to_go_on_is_waited_for() -> None:
    looks = []
    enough = threading.Event()

    def look() -> bool:
        looks.append(1)
        if len(looks) == 5:
            enough.set()
        return False

    watched(enough.wait, look, where="bolt://here")
    assert len(looks) == 5


def test_work_that_fails_is_told_as_it_fails() -> None:
    def fail() -> None:
        raise StoreError("the password is wrong")

    with pytest.raises(StoreError, match="the password is wrong"):
        watched(fail, lambda: True, where="bolt://here")


def test_hopeless_work_is_given_up(never: threading.Event) -> None:
    with pytest.raises(StoreError, match=r"bolt://here: .*disk may be full.*make room"):
        watched(never.wait, lambda: True, where="bolt://here")


def test_a_server_that_does_not_even_answer_is_given_up(never: threading.Event) -> None:
    with pytest.raises(StoreError, match="disk may be full"):
        watched(never.wait, lambda: never.wait(), where="bolt://here")


def test_a_look_that_fails_decides_nothing() -> None:
    """The work itself meets the same trouble, or comes through."""
    enough = threading.Event()

    def look() -> bool:
        enough.set()
        raise StoreError("a moment of trouble")

    watched(enough.wait, look, where="bolt://here")
