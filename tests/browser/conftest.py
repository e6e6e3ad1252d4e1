"""A world, two nights, the page in a process of its own, and Debian's Chromium.

Without Chromium or Playwright the tests are skipped, loudly; with ``CI=true`` they fail.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from graphfraud.pipeline import Night, nightly
from graphfraud.publish.runs import Runs
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
PATIENCE_MS: Final = 120_000
"""A machine may be busy: nothing here measures time."""


@dataclass(frozen=True)
class Page:
    """A page that runs: its address, its runs, its books."""

    url: str
    runs: Runs
    books: Path


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
    words = ["page", "--insecure", "--store", str(case_store.home), "--runs", str(runs.home), "--port", str(port)]
    with subprocess.Popen([sys.executable, "-m", "graphfraud", *words], stdout=subprocess.DEVNULL) as process:
        try:
            _await(f"http://127.0.0.1:{port}/zh", process)
            yield Page(f"http://127.0.0.1:{port}", runs, runs.home.parent / "page")
        finally:
            process.terminate()


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
def tab(browser: Any) -> Iterator[Any]:
    """A tab of 1366 by 768; a warning or error of the page fails the test."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    found, said = context.new_page(), []
    found.on("pageerror", lambda error: said.append(str(error)))
    found.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    yield found
    context.close()
    assert not said


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_S
    while True:
        assert process.poll() is None, "the page ended"
        try:
            urllib.request.urlopen(url, timeout=10).close()  # noqa: S310 - our own page
            return
        except OSError:
            assert time.monotonic() < until, "the page does not answer"
            time.sleep(0.3)
