"""An injection, a write attempt and a query of death at the page: refused, or stopped, with the reason."""

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from graphfraud.serve.audit import events
from graphfraud.store.lake import LakeStore
from tests.browser.conftest import await_page
from tests.investigate.case import DEADLY, DEATH, MESH
from tests.serve.published import Sketch, publish
from tests.tables import reading_of

pytest.importorskip("nicegui")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The page over the mesh, whose queries may take a third of a second, and its home."""
    home = tmp_path_factory.mktemp("graphfraud-data")
    with reading_of(MESH) as reading:
        LakeStore(home).write(reading)
    (home / "runs").mkdir()
    publish(home / "runs", Sketch())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        "page",
        "--insecure",
        "--store",
        str(home),
        "--runs",
        str(home / "runs"),
        "--port",
        str(port),
        "--time-limit",
        "0.3",
    ]
    with subprocess.Popen([sys.executable, "-m", "graphfraud", *words], stdout=subprocess.DEVNULL) as process:
        try:
            await_page(f"http://127.0.0.1:{port}/en", process)
            yield f"http://127.0.0.1:{port}", home
        finally:
            process.terminate()


def shown(page: tuple[str, Path], name: str, **given: object) -> str:
    address = f"{page[0]}/en/queries/{quote(name, safe='')}?{urlencode({'ask': '1'} | given)}"
    with urllib.request.urlopen(address, timeout=120) as answer:  # noqa: S310 - our own page
        return str(answer.read().decode())


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("CREATE (n) RETURN n", {}, "no query"),
        ("timeline", {"person_id": "x000'}) DETACH DELETE n //"}, "no person"),
        ("timeline", {"person_id": "' OR 1=1; DROP TABLE raw_people --"}, "no person"),
        ("timeline", {"person_id": "x000", "limit": "1; DROP"}, "whole number"),
        ("timeline", {"person_id": "x000", "cypher": "MATCH (n) DETACH DELETE n"}, "no such parameter"),
        (DEADLY, DEATH, "took longer than 0.3 s"),
    ],
)
def test_it_says_why(page: tuple[str, Path], name: str, given: dict[str, object], told: str) -> None:
    before = len(list(events(page[1] / "audit")))
    assert told in shown(page, name, **given)
    assert len(list(events(page[1] / "audit"))) == before, "nobody was shown"
