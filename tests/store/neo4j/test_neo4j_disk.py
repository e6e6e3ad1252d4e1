"""A full disk under the server: said as such, nothing doubled, nothing lost. Needs the right to mount a small disk."""

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from graphfraud.errors import StoreError
from graphfraud.neo4j_server import server as servers
from graphfraud.neo4j_server.home import USER, Home
from graphfraud.neo4j_server.password import read_password
from graphfraud.publish import writeback
from graphfraud.publish.writeback import write_back
from graphfraud.store.lake import LakeStore
from graphfraud.store.neo4j import stalled
from graphfraud.store.neo4j.connection import Account, Connection
from graphfraud.store.neo4j.store import Neo4jStore
from tests.neo4j_server.fixtures import ENVIRONMENT, SMALL, ServerUnderTest, delete_nodes, empty
from tests.publish.test_writeback import PEOPLE, found, run_of, whole
from tests.store.neo4j.conftest import load
from tests.store.neo4j.rows import contents
from tests.tables import people, reading_of

pytestmark = [pytest.mark.neo4j, pytest.mark.soak]

ROOM = 300 << 20
"""A trial needs less, its server's logs and stores together."""


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of 700 MB."""
    place = tmp_path_factory.mktemp("disk")
    if (
        sys.platform != "linux"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=700m", "tmpfs", str(place)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a disk cannot be mounted here: run this as root on Linux")
    yield place
    servers.kill(Home.named(place / "home", {}))
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def home(disk: Path) -> Iterator[Home]:
    """A server with an empty graph on that disk; the one of the trial before, as long as there is room for its logs."""
    made = Home.named(disk / "home", {})
    if shutil.disk_usage(disk).free < ROOM:
        servers.kill(made)
        shutil.rmtree(made.path)
    running, _ = servers.start(made, SMALL, ENVIRONMENT)
    delete_nodes(ServerUnderTest(running.uri, USER, read_password(made)))
    yield made
    (disk / "filler").unlink(missing_ok=True)


def opened(home: Home, retry_seconds: float) -> Neo4jStore:
    running, _ = servers.start(home, SMALL, ENVIRONMENT)
    account = Account(USER, read_password(home))
    return Neo4jStore(Connection(running.uri, account, retry_seconds=retry_seconds), lease_seconds=1.0)


def leave(disk: Path, left: int) -> None:
    """Fill the disk up to so many bytes."""
    with (disk / "filler").open("wb") as filler:
        filler.truncate(0)
        filler.write(bytes(max(0, shutil.disk_usage(disk).free - left)))


@pytest.mark.parametrize("seed", range(20))
def test_a_full_disk_is_said_and_survived(
    home: Home, disk: Path, small_world: Path, lake: LakeStore, seed: int
) -> None:
    store = opened(home, retry_seconds=2.0)
    leave(disk, random.Random(seed).randrange(1 << 18, 4 << 20))
    with suppress(StoreError):  # a large rest may be enough
        load(store, small_world)
    (disk / "filler").unlink()
    servers.kill(home)
    again = opened(home, retry_seconds=60.0)
    time.sleep(1.0)  # until the lease of the failed load is over
    load(again, small_world)
    assert contents(again) == contents(lake)
    assert again.head().sequence == 1


@pytest.mark.parametrize("seed", range(6))
def test_a_disk_that_is_full_before_the_first_row_is_said_and_survived(
    home: Home, disk: Path, small_world: Path, lake: LakeStore, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server gives up, or tries to write an index for ever; killed then or not, what it leaves is made anew."""
    monkeypatch.setattr(stalled, "STILL_S", 15.0)
    store = opened(home, retry_seconds=2.0)
    with ServerUnderTest(store.address, USER, read_password(home)).driver() as driver:
        empty(driver)
    leave(disk, random.Random(seed).randrange(1 << 18, 5 << 18))
    with pytest.raises(StoreError, match="disk may be full") as said:
        load(store, small_world)
    (disk / "filler").unlink()
    if seed % 2 or "restart it" in str(said.value):
        servers.kill(home)
    again = opened(home, retry_seconds=60.0)
    load(again, small_world)
    assert contents(again) == contents(lake)
    assert again.head().sequence == 1


@pytest.mark.parametrize("seed", range(20))
def test_a_full_disk_leaves_the_old_run_until_the_new_is_whole(
    home: Home, disk: Path, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writeback, "BATCH_ROWS", 2)
    store = opened(home, retry_seconds=2.0)
    with reading_of({"people": people(*PEOPLE)}) as reading:
        store.write(reading)
    write_back(store, run_of(tmp_path, "run-1", score=50.0))
    second = run_of(tmp_path, "run-2", score=60.0)
    leave(disk, random.Random(seed).randrange(0, 1 << 18))
    with suppress(StoreError):
        write_back(store, second, lease_seconds=0.2)
    (disk / "filler").unlink()
    servers.kill(home)
    again = opened(home, retry_seconds=60.0)
    seen = found(again) | {"in_all": 30, "runs": 1}
    assert seen in (whole("run-1", 50.0), whole("run-2", 60.0))
    time.sleep(1.0)  # until the lease of the failed one is over
    write_back(again, second)
    assert found(again) == whole("run-2", 60.0)
