"""The audit log of the service: who read whom, for what, when, from which run.

Every worker writes a chain of its own from a thread of its own, many lines at a time;
``anchors.jsonl`` is a chain that holds the heads of all others, so that they vouch for
each other. People appear as tokens (:func:`graphfraud.publish.serving.person_token`).
"""

import asyncio
import fcntl
import logging
import mmap
import multiprocessing.util
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from graphfraud.errors import AuditError
from graphfraud.serve.chain import Chain, Head, head_of, taken, verified

ANCHORS: Final = "anchors"
ANCHOR_EVERY_S: Final = 60.0
GROUP_S: Final = 0.02
"""Without strictness, lines of so many seconds are written together."""
MOST_WAITING: Final = 100_000
MOST_CHAINS: Final = 256

NEWEST: Final = 20

Settled = Callable[[AuditError | None], object]
"""Hears whether a line is written; called from the thread that writes."""

log = logging.getLogger(__name__)


class Event(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One line: ``people`` holds their tokens in hex, 32 characters each, one after the other."""

    at: datetime
    who: str
    what: str
    run: str = ""
    people: str = ""
    purpose: str = ""
    more: str = ""


class Audit:
    """The log of one worker. ``strict``: nothing is answered before its line is on the disk.

    ``failed`` is told how many lines were lost, each time some are.
    """

    def __init__(
        self,
        folder: Path,
        *,
        strict: bool = False,
        wall: Callable[[], float] = time.time,
        failed: Callable[[int], None] | None = None,
    ) -> None:
        self.strict = strict
        self.failures = 0
        self._failed = failed
        self._failing = threading.Lock()
        self._folder = folder
        self._wall = wall
        self._chain, self._lock = _own_chain(folder)
        self._waiting: deque[tuple[Event, Settled | None]] = deque()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._anchored = 0.0
        self._writer = threading.Thread(target=self._write_on, name="audit", daemon=True)
        self._writer.start()
        multiprocessing.util.Finalize(self, self.close, exitpriority=10)

    def note(self, event: Event) -> None:
        """Have a line written soon; it may be lost if the worker is killed within a moment.

        Cost: well under a microsecond.
        """
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append((event, None))
        else:
            self._fail(1)

    async def written(self, event: Event) -> None:
        """Return once the line is on the disk.

        Raises:
            AuditError: it cannot be written.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((event, lambda failure: loop.call_soon_threadsafe(_settle, done, failure)))
        self._wake.set()
        await done

    def write(self, event: Event) -> None:
        """Return once the line is written, on the disk where the log is strict; for who is no coroutine.

        Raises:
            AuditError: it cannot be written.
        """
        done: Future[None] = Future()
        self._waiting.append((event, lambda failure: _settle(done, failure)))
        self._wake.set()
        done.result()

    async def record(self, event: Event) -> None:
        """Note or write, as strictness says."""
        if self.strict:
            await self.written(event)
        else:
            self.note(event)

    def close(self) -> None:
        """Write what is waiting, anchor, and let go of the chain."""
        if self._stop.is_set():
            return
        self._stop.set()
        self._wake.set()
        self._writer.join()
        self._chain.close()
        os.close(self._lock)

    def _write_on(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(GROUP_S if not self.strict else 1.0)
            self._wake.clear()
            self._write()
            if self._wall() - self._anchored >= ANCHOR_EVERY_S:
                self._anchor()
        self._write()
        self._anchor()

    def _write(self) -> None:
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not batch:
            return
        try:
            self._chain.append([msgspec.json.encode(event) for event, _ in batch], durable=self.strict)
            failure = None
        except AuditError as error:
            failure = error
            self._fail(len(batch))
            log.error("%s", error.message)
        for _, settled in batch:
            if settled is not None:
                settled(failure)

    def _fail(self, lines: int) -> None:
        with self._failing:
            self.failures += lines
            if self._failed is not None:
                self._failed(lines)

    def _anchor(self) -> None:
        self._anchored = self._wall()
        try:
            anchor(self._folder, datetime.fromtimestamp(self._anchored, UTC))
        except (AuditError, OSError) as error:
            self._fail(1)
            log.error("the audit log cannot be anchored (%s)", type(error).__name__)


def _own_chain(folder: Path) -> tuple[Chain, int]:
    """A chain that nobody else writes, and its lock; one that was cut short stays as it is, for the auditor."""
    while True:
        name, lock = taken(folder, most=MOST_CHAINS)
        try:
            return Chain(folder, name), lock
        except AuditError as error:  # its lock is kept, so that the next round finds the next one
            log.error("%s", error.message)


def _settle(done: "asyncio.Future[None] | Future[None]", failure: AuditError | None) -> None:
    if done.done():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(AuditError(failure.what, where=failure.where, cure=failure.cure))


def anchor(folder: Path, now: datetime) -> None:
    """Write the heads of all chains into the chain of anchors, where they changed since its last line."""
    lock = os.open(folder / f".{ANCHORS}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        heads = {path.stem: head_of(path) for path in chains(folder) if path.with_suffix(".head").stat().st_size}
        chain = Chain(folder, ANCHORS)
        try:
            if heads and heads != _last_anchored(folder):
                chain.append([msgspec.json.encode({"at": now, "heads": heads})], durable=True)
        finally:
            chain.close()
    finally:
        os.close(lock)


def chains(folder: Path) -> list[Path]:
    """The chains of all workers."""
    return sorted(folder.glob("worker-*.jsonl"))


class _Anchor(msgspec.Struct, frozen=True):
    heads: dict[str, Head]


def _last_anchored(folder: Path) -> dict[str, Head]:
    path = folder / f"{ANCHORS}.jsonl"
    last = None
    with path.open("rb") as lines:
        lines.seek(max(0, path.stat().st_size - (1 << 18)))
        for raw in lines:
            last = raw
    try:
        return msgspec.json.decode(last, type=_Anchor).heads if last else {}
    except msgspec.DecodeError:
        return {}


class Checked(msgspec.Struct, frozen=True):
    """What was checked: lines of each chain."""

    lines: dict[str, int]


def verify(folder: Path) -> Checked:
    """Check every line of every chain, and each anchor against the chains.

    Raises:
        AuditError: anything was removed, changed or moved; it names the file and the line.
    """
    lines: dict[str, int] = {}
    anchored: dict[str, dict[int, str]] = {}
    path = folder / f"{ANCHORS}.jsonl"
    if path.exists():
        for line in verified(path):
            lines[ANCHORS] = line.n
            for name, head in msgspec.json.decode(line.content, type=_Anchor).heads.items():
                anchored.setdefault(name, {})[head.n] = head.hash
    elif chains(folder):
        raise AuditError("the anchors are gone", where=str(path), cure="compare a backup")
    for chain in chains(folder):
        lines[chain.stem] = _verify_chain(chain, anchored.pop(chain.stem, {}))
    for name in anchored:
        raise AuditError("a chain is gone", where=str(folder / f"{name}.jsonl"), cure="compare a backup")
    return Checked(lines)


def _verify_chain(path: Path, anchored: dict[int, str]) -> int:
    count = 0
    anchored.pop(0, None)
    for line in verified(path):
        count = line.n
        if anchored.pop(line.n, line.hash) != line.hash:
            raise AuditError(
                f"line {line.n} is not the one that was anchored", where=str(path), cure="compare a backup"
            )
    if anchored:
        raise AuditError(f"line {min(anchored)} was anchored and is gone", where=str(path), cure="compare a backup")
    return count


def add_event(folder: Path, event: Event) -> None:
    """Write one line from outside of the service, into a chain of its own, and anchor it.

    Raises:
        AuditError: it cannot be written.
    """
    audit = Audit(folder, strict=True)
    audit.note(event)
    audit.close()
    if audit.failures:
        raise AuditError("the audit log cannot be written", where=str(folder), cure="make room on the disk")


def events(folder: Path) -> Iterator[tuple[str, Event]]:
    """Every line of every chain, checked, with the chain's name."""
    for path in chains(folder):
        for line in verified(path):
            yield path.stem, msgspec.json.decode(line.content, type=Event)


def events_about(folder: Path, token: str) -> list[dict[str, str]]:
    """Who read a person when, for what, from which run."""
    found = [event for _, event in events(folder) if _names(event, token)]
    found.sort(key=lambda event: event.at)
    return [
        {"at": one.at.isoformat(), "who": one.who, "what": one.what, "run": one.run, "purpose": one.purpose}
        for one in found
    ]


def newest_about(folder: Path, token: str, *, limit: int = NEWEST) -> list[Event]:
    """The newest lines that name a person, the newest first; unlike :func:`events_about` they are not checked.

    Cost: the chains are searched from their ends, at the speed of memory, until enough was found.
    """
    found = [event for path in chains(folder) if path.stat().st_size for event in _newest_of(path, token, limit)]
    return sorted(found, key=lambda event: event.at, reverse=True)[:limit]


def _newest_of(path: Path, token: str, limit: int) -> list[Event]:
    found: list[Event] = []
    wanted = token.encode()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = content.rfind(b"\n") + 1  # a line that is being written is not there yet
        while len(found) < limit and (place := content.rfind(wanted, 0, end)) >= 0:
            start = content.rfind(b"\n", 0, place) + 1
            event = msgspec.json.decode(content[start : content.find(b"\n", place)], type=Event)
            found += [event] if _names(event, token) else []
            end = start
    return found


def _names(event: Event, token: str) -> bool:
    step = len(token)
    return any(event.people[at : at + step] == token for at in range(0, len(event.people), step))
