"""One writer at a time: a lease that expires, so that a dead holder blocks nobody.

The lease is a small file that names its holder and when it expires. A thread
renews it while the work goes on. It is free when the file is absent, has
expired, or names a process of this machine that is no longer alive; the check
and the taking happen under an advisory lock, so two processes cannot both win.
"""

import fcntl
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from graphfraud.errors import LeaseHeldError
from graphfraud.store.durable import write_file


@dataclass(frozen=True)
class Holder:
    """Who holds a lease and until when (seconds since the epoch)."""

    token: str
    host: str
    process: int
    born: str
    purpose: str
    expires_at: float


def born(process: int) -> str:
    """When a process started, so that a reused number is not taken for the old process."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


def alive(holder: Holder) -> bool:
    """Whether a holder of this machine still runs; one of another machine is believed until it expires."""
    if holder.host != socket.gethostname():
        return True
    try:
        os.kill(holder.process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return born(holder.process) == holder.born


class Lease:
    """A lease over a directory; use it as a context.

    Raises:
        LeaseHeldError: on entering, when somebody else holds it; from :meth:`confirm`, when it was lost.
    """

    def __init__(self, path: Path, *, purpose: str, seconds: float = 60.0) -> None:
        self._path = path
        self._purpose = purpose
        self._seconds = seconds
        self._token = uuid.uuid4().hex
        self._stop = threading.Event()
        self._renewer = threading.Thread(target=self._renew_until_stopped, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._exclusive():
            holder = self._holder()
            if holder is not None and holder.expires_at > time.time() and alive(holder):
                raise self._held_by(holder)
            self._write()
        self._renewer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._renewer.join()
        with self._exclusive():
            holder = self._holder()
            if holder is not None and holder.token == self._token:
                self._path.unlink()

    def confirm(self) -> None:
        """Make sure, right before the step that others see, that the lease is still ours."""
        with self._exclusive():
            holder = self._holder()
            if holder is None or holder.token != self._token:
                raise LeaseHeldError(
                    f"the lease for {self._purpose} was lost to another process while this one stood still",
                    where=str(self._path.parent),
                    cure="run the command again",
                )
            self._write()

    def _renew_until_stopped(self) -> None:
        while not self._stop.wait(self._seconds / 3):
            with self._exclusive():
                holder = self._holder()
                if holder is None or holder.token != self._token:
                    return
                self._write()

    def _write(self) -> None:
        process = os.getpid()
        holder = Holder(
            self._token, socket.gethostname(), process, born(process), self._purpose, time.time() + self._seconds
        )
        write_file(self._path, json.dumps(asdict(holder)).encode())

    def _holder(self) -> Holder | None:
        try:
            return Holder(**json.loads(self._path.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with self._path.with_suffix(".lock").open("a") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    def _held_by(self, holder: Holder) -> LeaseHeldError:
        left = max(0, round(holder.expires_at - time.time()))
        return LeaseHeldError(
            f"{holder.purpose} is under way (process {holder.process} on {holder.host})",
            where=str(self._path.parent),
            cure=f"wait for it; if it died, its lease frees itself within {left} s",
        )
