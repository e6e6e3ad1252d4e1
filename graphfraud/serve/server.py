"""Runs the service on granian: one process a worker, no access log, a clean stop."""

import ctypes
import gc
import multiprocessing
import os
import signal
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import click
from fastapi import FastAPI
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from graphfraud.errors import UsageError
from graphfraud.serve.access import Gates, Place, access_for
from graphfraud.serve.app import Equipment, counted, create_app
from graphfraud.serve.audit import Audit
from graphfraud.serve.compiled import compile_ahead
from graphfraud.serve.desk import Desk
from graphfraud.serve.journal import log_as_json
from graphfraud.serve.limits import Limits
from graphfraud.serve.metrics import RequestCounts
from graphfraud.serve.routes import OPERATIONS
from graphfraud.serve.session import Sessions
from graphfraud.sources.pseudonym import KEY_FILE_VARIABLE, KEY_VARIABLE, PseudonymKey, read_key

LAST_PORT = 65_535
START_S = 120.0
"""The address is printed once it answers, or not at all after this."""
HEADER_MS = 10_000
"""A client that has not sent its headers by then is dropped."""
BACKLOG = 1_024
IN_FLIGHT = 256
"""Requests that one worker takes at a time; more wait in the queue of the system."""
RESPAWN_S = 0.5
STOP_S = 10
"""A worker that still has requests after this is ended."""
KEPT_BYTES = 32 << 20
"""What a worker keeps of the memory that it gave back: fresh pages were half the time of a batch."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of glibc's mallopt(3)."""


@dataclass(frozen=True)
class Options:
    """What a service may be told beside where and for whom; the defaults suit a scoring service."""

    time_to_live_s: float | None = None
    """Values of a run whose as-of is longer ago are ``stale``."""
    rate_per_s: float | None = None
    """Requests a second that a key without a rate of its own may make."""
    audit: Path | None = None
    """Folder of the audit log; None: beside the runs."""
    strict_audit: bool = False
    """Answer nothing about a person before its line is on the disk."""
    state: str | None = None
    """Database of alerts, labels and sessions, as SQLAlchemy writes it; None: SQLite beside the runs."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None

    @property
    def tls(self) -> bool:
        """Whether the service speaks TLS itself."""
        return self.tls_certificate is not None


@dataclass(frozen=True)
class _Worker:
    """Makes the application inside a worker; plain values, so that any start method can carry it."""

    runs: Path
    host: str
    port: int
    insecure: bool
    keys: Path
    shared: Path
    workers: int
    options: Options

    def __call__(self) -> FastAPI:
        """The application of this worker, which does not outlive the service."""
        threading.Thread(target=_end_with_parent, daemon=True).start()
        _keep_memory()
        log_as_json()
        options = self.options
        desk = Desk(desk_address(self.runs, options), time.time)
        gates = Gates(
            Limits(self.shared / "limits", default_per_s=options.rate_per_s), Sessions(desk, secure=options.tls)
        )
        place = Place(self.host, self.port, tls=options.tls)
        counts = RequestCounts(self.shared / "counts", counted(OPERATIONS), workers=self.workers)
        audit = options.audit or self.runs.parent / "audit"
        app = create_app(
            self.runs,
            access=access_for(place, insecure=self.insecure, keys=self.keys, clock=time.monotonic, gates=gates),
            counts=counts,
            equipment=Equipment(
                time_to_live_s=options.time_to_live_s,
                audit=Audit(audit, strict=options.strict_audit, failed=counts.audit_failed),
                pseudonym_key=_pseudonym_key(),
                desk=desk,
                tls=options.tls,
                operations=OPERATIONS,
            ),
        )
        compile_ahead()
        gc.collect()
        gc.freeze()  # what the worker is made of stays: no collection while somebody waits goes through it
        return app


@contextmanager
def _shared_pages() -> Iterator[None]:
    """Make what workers share before the first of them; collections in a worker leave these pages alone."""
    compile_ahead()
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()  # what is never collected counts as leaked at the end


def _keep_memory() -> None:
    """Let the allocator keep what large answers gave back, where it is glibc's."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_MMAP_THRESHOLD, KEPT_BYTES)


def desk_address(runs: Path, options: Options = Options()) -> str:
    """Where the desk of these runs is."""
    return options.state or f"sqlite:///{(runs.parent / 'desk.sqlite').absolute()}"


def _pseudonym_key() -> PseudonymKey | None:
    """The key of the environment, if there is one: without it nobody is found by a phone."""
    if not any(os.environ.get(name) for name in (KEY_VARIABLE, KEY_FILE_VARIABLE)):
        return None
    return read_key(os.environ)


def serve(  # noqa: PLR0913 - where, for whom, and the rest in one record
    runs: Path, *, host: str, port: int, workers: int, insecure: bool, keys: Path, options: Options = Options()
) -> None:
    """Serve the current run of ``runs`` until SIGINT or SIGTERM; port 0 takes a free one.

    Prints the address as soon as it answers. Without a published run the service
    starts all the same, and ``/readyz`` says so.

    Raises:
        UsageError: the address is taken, unknown, or open to others without keys.
        KeyMaterialError: the key file is unsafe or damaged.
    """
    if workers < 1 or not 0 <= port <= LAST_PORT:
        raise UsageError(f"{workers} workers on port {port}", where=host, cure="give at least 1, and a port to 65535")
    address = _address(host)
    _check_tls(options)
    _pseudonym_key()
    access_for(Place(address, port, tls=options.tls), insecure=insecure, keys=keys, clock=time.monotonic)
    with (
        _shared_pages(),
        closing(_reserve(address, port)) as place,
        tempfile.TemporaryDirectory(prefix="graphfraud-") as shared,
    ):
        taken = place.getsockname()[1]
        worker = _Worker(runs.absolute(), address, taken, insecure, keys.absolute(), Path(shared), workers, options)
        server = Server(
            "graphfraud",
            address,
            taken,
            interface=Interfaces.ASGINL,
            workers=workers,
            websockets=False,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_MS),
            backlog=BACKLOG,
            backpressure=IN_FLIGHT,
            log_level=LogLevels.error,  # its warnings tell of killing workers that ended by themselves a moment before
            ssl_cert=options.tls_certificate,
            ssl_key=options.tls_key,
            respawn_failed_workers=True,
            respawn_interval=RESPAWN_S,
            workers_kill_timeout=STOP_S,
        )
        server.on_startup(lambda: _announce(address, taken, "https" if options.tls else "http"))
        server.serve(target_loader=worker, wrap_loader=False)


def _check_tls(options: Options) -> None:
    """Both files or none, and readable, before any worker starts."""
    files = (options.tls_certificate, options.tls_key)
    if files == (None, None):
        return
    if None in files:
        raise UsageError("TLS needs a certificate and a key", where="--tls-cert", cure="give both files")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(*cast(tuple[Path, Path], files))
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"the TLS files cannot be used ({error.strerror or error})", where=str(files[0]), cure="give PEM files"
        ) from error


def _end_with_parent() -> None:
    """Stop this worker when the service is gone: an orphan would answer beside its successor for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        for _ in range(STOP_S):
            # A worker that is only starting still has its parent's handler, which would swallow one signal.
            signal.raise_signal(signal.SIGTERM)
            time.sleep(1)
        os._exit(1)


def _address(host: str) -> str:
    """The address that a host name stands for."""
    try:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
    except OSError as error:
        raise UsageError("no such host", where=host, cure="give --host an address of this machine") from error


def _reserve(address: str, port: int) -> socket.socket:
    """Hold the port for our workers, who share it; anybody else's makes it fail.

    A shared port alone would let a second service join silently and take half the requests.
    """
    try:
        with _bound(address, port) as probe:
            taken = probe.getsockname()[1]
        return _bound(address, taken, socket.SO_REUSEPORT)
    except OSError as error:
        raise UsageError(
            f"the address cannot be used ({error.strerror})", where=f"{address}:{port}", cure="give another --port"
        ) from error


def _bound(address: str, port: int, *options: int) -> socket.socket:
    """A socket bound, not listening; connections that merely linger do not keep it from the port."""
    place = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        for option in (socket.SO_REUSEADDR, *options):
            place.setsockopt(socket.SOL_SOCKET, option, 1)
        place.bind((address, port))
    except OSError:
        place.close()
        raise
    return place


def _announce(address: str, port: int, scheme: str) -> None:
    """Print the address from another thread, once a worker answers there."""
    threading.Thread(target=_print_when_open, args=(address, port, scheme), daemon=True).start()


def _print_when_open(address: str, port: int, scheme: str) -> None:
    shown = f"[{address}]" if ":" in address else address
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
            continue
        click.echo(f"{scheme}://{shown}:{port}")
        return
