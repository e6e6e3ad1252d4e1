"""What can go wrong between a store and its server, done for real."""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self, TypeVar
from urllib.parse import urlparse

import neo4j

from graphfraud.errors import StoreError
from graphfraud.store.neo4j.connection import Account, Connection
from tests.neo4j_server.fixtures import ServerUnderTest

T = TypeVar("T")


class MortalConnection(Connection):
    """A connection of a process that dies: after so many writing transactions nothing leaves it any more."""

    writes = 0
    lives = 1 << 30

    def __init__(self, uri: str, account: Account) -> None:
        super().__init__(uri, account)
        self._counting = threading.Lock()

    def write(self, work: Callable[[Any], T]) -> T:
        with self._counting:
            if self.writes >= self.lives:
                raise StoreError("the process is dead")
            if threading.current_thread().name != "lease":  # its renewals come as they like
                self.writes += 1
        return super().write(work)


class HastyConnection(Connection):
    """A connection whose writing transactions the server ends after so many seconds."""

    seconds = 0.5

    def write(self, work: Callable[[Any], T]) -> T:
        return super().write(neo4j.unit_of_work(timeout=self.seconds)(lambda step: work(step)))


class RepeatingConnection(Connection):
    """A connection on which answers to commits get lost: what was written is now and then submitted once more."""

    repeated = 0

    def __init__(self, uri: str, account: Account, chance: random.Random) -> None:
        super().__init__(uri, account)
        self._chance = chance

    def write(self, work: Callable[[Any], T]) -> T:
        found = super().write(work)
        while self._chance.random() < 0.4:
            self.repeated += 1
            found = super().write(work)
        return found


@contextmanager
def locked_now_and_then(server: ServerUnderTest, query: str, chance: random.Random) -> Iterator[None]:
    """Somebody locks nodes for seconds, again and again: who needs them waits, until the server ends that."""

    def hold() -> None:
        with (
            suppress(neo4j.exceptions.Neo4jError),  # the server may end this one to free the other
            server.driver() as driver,
            driver.session() as session,
            session.begin_transaction() as step,
        ):
            step.run(query).consume()
            time.sleep(chance.uniform(1.0, 3.0))
            step.rollback()

    with now_and_then(hold, chance, seconds=(0.0, 1.0)):
        yield


class CuttingProxy:
    """Passes bytes on to a server, and cuts every connection again and again, ``between`` pieces apart on average.

    Pieces are counted and not seconds: however slow the machine, each transaction may come through.
    A cut is in the middle of a piece; a small one, such as the answer to a commit, is hit as often as a large one.
    """

    def __init__(self, port: int, chance: random.Random, *, between: int) -> None:
        self.cuts = 0
        self._port = port
        self._chance = chance
        self._between = between
        self._left = chance.randrange(between)
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._cut()
        self._accepting.join()

    def _cut(self) -> None:
        """Break every connection, whatever is on its way."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError):
                far = socket.create_connection(("127.0.0.1", self._port))
                self._pairs.append((near, far))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                self._left -= 1
                if self._left < 0:
                    self._left = int(self._chance.expovariate(1 / self._between))
                    sink.sendall(data[: self._chance.randrange(len(data) + 1)])
                    self.cuts += 1
                    self._cut()
                    return
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def power_cut(server: ServerUnderTest) -> None:
    """End the server at once, and start it again at the same address."""
    server.kill()
    server.restart()


def port_of(uri: str) -> int:
    port = urlparse(uri).port
    assert port is not None
    return port


@contextmanager
def now_and_then(act: Callable[[], None], chance: random.Random, *, seconds: tuple[float, float]) -> Iterator[None]:
    """Do something again and again at random moments, as long as the context lasts."""
    over = threading.Event()

    def repeat() -> None:
        while not over.wait(chance.uniform(*seconds)):
            act()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def once_after(act: Callable[[], None], seconds: float) -> Iterator[None]:
    """Do something once after a while, at the latest when the context ends."""

    def later() -> None:
        time.sleep(seconds)
        act()

    thread = threading.Thread(target=later)
    thread.start()
    try:
        yield
    finally:
        thread.join()
