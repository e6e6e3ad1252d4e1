"""A world, two nights, the page in a process of its own, and Debian's Chromium.

Without Chromium or Playwright the tests are skipped, loudly; with ``CI=true`` they fail.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from graphfraud.desk.opening import sqlite_at
from graphfraud.desk.people import add_user
from graphfraud.pipeline import Night, nightly
from graphfraud.publish.runs import Runs
from graphfraud.serve.desk import Desk
from graphfraud.serve.keys import Scope, create_key
from graphfraud.settings import Settings
from graphfraud.snapshot.build import Resources
from graphfraud.sources.directory import read_directory
from graphfraud.sources.reading import Known
from graphfraud.store.lake import LakeStore
from graphfraud.worlds import generate
from tests.conftest import KEY, WORLD_AS_OF

NOT_TESTED: Final = "not tested in a browser"
CHROMIUM: Final = os.environ.get("GRAPHFRAUD_TEST_CHROMIUM") or shutil.which("chromium") or ""
START_S: Final = 180
PASSWORD: Final = "correct horse battery"
PEOPLE: Final = {"anna": ("investigate", "decide"), "olga": ("investigate", "decide", "admin")}
"""An investigator, and an officer who may forget people."""
PATIENCE_MS: Final = 120_000
"""A machine may be busy: nothing here measures time."""


@dataclass(frozen=True)
class Page:
    """A page that runs: its address, its runs, its desk, its audit log, and a key that only looks."""

    url: str
    runs: Runs
    desk: Desk
    audit: Path
    viewer: str


def cannot(why: str) -> NoReturn:
    message = f"{NOT_TESTED}: {why}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message, allow_module_level=True)


class Quiet:
    """Nobody watches these nights."""

    def started(self, stage: str) -> None: ...

    def finished(self, stage: str, cost: Any, *, resumed: bool) -> None: ...


@pytest.fixture(scope="session")
def case_store(tmp_path_factory: pytest.TempPathFactory) -> LakeStore:
    """An easy world of 2,000 people, in which rings are found: a case needs one."""
    world, store = tmp_path_factory.mktemp("case"), LakeStore(tmp_path_factory.mktemp("case-lake"))
    generate(world, people=2000, seed=5, hardness="low")
    with read_directory(world, key=KEY, known=Known.nothing()) as reading:
        store.write(reading)
    return store


@pytest.fixture(scope="session")
def page(case_store: LakeStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page of that world after two nights."""
    runs = Runs(tmp_path_factory.mktemp("page") / "runs")
    for as_of in (WORLD_AS_OF - 20 * 86_400_000_000, WORLD_AS_OF):
        nightly(case_store, runs, Night(as_of, Settings(), labels=True, resources=Resources()), observer=Quiet())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    desk = Desk(sqlite_at(runs.home.parent / "desk.sqlite"), time.time)
    for name, scopes in PEOPLE.items():
        desk.work(
            lambda c, now, name=name, scopes=scopes: add_user(c, name=name, password=PASSWORD, scopes=scopes, now=now)
        )
    viewer = create_key(
        runs.home.parent / "api-keys.json", name="viewer", scopes=(Scope.INVESTIGATE,), now=datetime.now(UTC)
    )
    words = ["page", "--store", str(case_store.home), "--runs", str(runs.home), "--port", str(port)]
    with subprocess.Popen([sys.executable, "-m", "graphfraud", *words], stdout=subprocess.DEVNULL) as process:
        try:
            await_page(f"http://127.0.0.1:{port}/zh", process)
            yield Page(f"http://127.0.0.1:{port}", runs, desk, runs.home.parent / "audit", viewer)
        finally:
            process.terminate()
            desk.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window; gone after these tests, because Playwright holds an event loop as long as it lives."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        cannot("Playwright is not installed. To cure it: pip install playwright.")
    if not CHROMIUM:
        cannot("Chromium was not found. To cure it: apt-get install chromium.")
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def tabs(browser: Any, page: Page) -> Iterator[Callable[[str], Any]]:
    """Tabs of 1366 by 768 for people who are signed in, by name; a warning or error of the page fails the test."""
    contexts, said = [], []

    def opened(who: str) -> Any:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        form = {"key": page.viewer} if who == "viewer" else {"name": who, "password": PASSWORD}
        context.request.post(f"{page.url}/sign-in", form=form)
        found = context.new_page()
        found.on("pageerror", lambda error: said.append(str(error)))
        found.on("console", lambda message: said.append(message.text) if _is_failure(message) else None)
        return found

    yield opened
    for context in contexts:
        context.close()
    assert not said


@pytest.fixture
def tab(tabs: Callable[[str], Any]) -> Any:
    """A tab of an investigator."""
    return tabs("anna")


def _is_failure(message: Any) -> bool:
    """Whether a message of the browser is an error, and not of a request that a test has held back."""
    return bool(message.type == "error" and "net::ERR_FAILED" not in message.text)


def await_page(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_S
    while True:
        assert process.poll() is None, "the page ended"
        try:
            urllib.request.urlopen(url, timeout=10).close()  # noqa: S310 - our own page
            return
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.UNAUTHORIZED:
                raise
            return  # the door
        except OSError:
            assert time.monotonic() < until, "the page does not answer"
            time.sleep(0.3)
