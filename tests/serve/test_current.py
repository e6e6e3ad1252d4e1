"""The current run: followed, never mixed, never lost to a damaged successor."""

import threading
import time
from pathlib import Path

import pytest

from graphfraud.errors import RunError
from graphfraud.serve.current import CHECK_EVERY_S, CurrentRun, _target
from tests.serve.published import numbered, publish, write_tables


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def current(tmp_path: Path, clock: Clock) -> CurrentRun:
    return CurrentRun(tmp_path, clock)


def test_without_a_run_it_says_so_until_there_is_one(tmp_path: Path, clock: Clock, current: CurrentRun) -> None:
    with pytest.raises(RunError, match="no run is published"):
        current.view()
    name = publish(tmp_path, numbered(1))
    with pytest.raises(RunError):
        current.view()  # looked a moment ago
    clock.now += CHECK_EVERY_S
    assert current.view().run_id == name


def test_a_switch_is_seen_and_the_old_view_stays_whole(tmp_path: Path, clock: Clock, current: CurrentRun) -> None:
    publish(tmp_path, numbered(1))
    old = current.view()
    name = publish(tmp_path, numbered(2))
    assert current.view() is old
    clock.now += CHECK_EVERY_S
    assert current.view().run_id == name
    assert old.people.matrix[old.people.row("p-1"), 0] == 1_010
    publish(tmp_path, numbered(1))  # a rollback
    clock.now += CHECK_EVERY_S
    assert current.view().run_id == old.run_id


def test_a_run_that_cannot_be_opened_leaves_the_old_one(
    tmp_path: Path, clock: Clock, current: CurrentRun, caplog: pytest.LogCaptureFixture
) -> None:
    name = publish(tmp_path, numbered(1))
    assert current.view().run_id == name
    bad = numbered(2)
    write_tables(tmp_path / bad.run_id, bad)  # no serving files
    publish(tmp_path, bad)
    for _ in range(3):
        clock.now += CHECK_EVERY_S
        assert current.view().run_id == name
    assert (current.failures, len(caplog.records)) == (1, 1)
    assert bad.run_id in caplog.text
    publish(tmp_path, numbered(3))
    clock.now += CHECK_EVERY_S
    assert current.view().run_id == numbered(3).run_id


def test_a_first_run_that_cannot_be_opened_is_named(tmp_path: Path, clock: Clock, current: CurrentRun) -> None:
    bad = numbered(2)
    write_tables(tmp_path / bad.run_id, bad)
    publish(tmp_path, bad)
    for _ in range(2):
        with pytest.raises(RunError, match=f"{bad.run_id}: the run cannot be opened"):
            current.view()
        clock.now += CHECK_EVERY_S


def test_a_link_that_goes_away_takes_the_run_along_at_the_second_look(
    tmp_path: Path, clock: Clock, current: CurrentRun
) -> None:
    publish(tmp_path, numbered(1))
    current.view()
    (tmp_path / "current").unlink()
    clock.now += CHECK_EVERY_S
    assert current.view().run_id == numbered(1).run_id
    clock.now += CHECK_EVERY_S
    with pytest.raises(RunError, match="no run is published"):
        current.view()


def test_a_link_that_is_gone_for_a_moment_is_no_gap(tmp_path: Path, clock: Clock, current: CurrentRun) -> None:
    """While a link is replaced, some file systems show none for an instant, again and again."""
    for number in range(1, 5):
        publish(tmp_path, numbered(number))
        clock.now += CHECK_EVERY_S
        assert current.view().run_id == numbered(number).run_id
        (tmp_path / "current").unlink()
        clock.now += CHECK_EVERY_S
        assert current.view().run_id == numbered(number).run_id


@pytest.mark.parametrize("target", ["..", ".", "sub/run", "/elsewhere"])
def test_a_link_out_of_the_directory_is_no_run(tmp_path: Path, current: CurrentRun, target: str) -> None:
    (tmp_path / "current").symlink_to(target)
    with pytest.raises(RunError):
        current.view()


def test_a_directory_under_another_name_is_refused(tmp_path: Path, current: CurrentRun) -> None:
    publish(tmp_path, numbered(1))
    (tmp_path / numbered(1).run_id).rename(tmp_path / "renamed")
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("renamed")
    with pytest.raises(RunError, match="names another run"):
        current.view()


def test_a_worker_that_just_started_waits_out_a_link_that_is_being_replaced(tmp_path: Path) -> None:
    """Some file systems show no link for an instant while it is replaced."""
    link = tmp_path / "current"
    link.symlink_to("a")
    stop = threading.Event()

    def replace_it() -> None:
        while not stop.is_set():
            link.unlink()
            time.sleep(0.001)
            link.symlink_to("a")
            time.sleep(0.002)

    thread = threading.Thread(target=replace_it)
    thread.start()
    try:
        assert all(_target(tmp_path) == "a" for _ in range(50))
    finally:
        stop.set()
        thread.join()
    link.unlink()
    assert _target(tmp_path) is None
