"""Runs the service: gunicorn keeps the workers, uvicorn speaks HTTP in each, no access log, a clean stop."""

import ctypes
import gc
import os
import socket
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import click
from fastapi import FastAPI

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
from graphfraud.serve.workers import Workers
from graphfraud.sources.pseudonym import KEY_FILE_VARIABLE, KEY_VARIABLE, PseudonymKey, read_key

LAST_PORT = 65_535
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
        RunError: a worker cannot start.
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
        files = {"certfile": str(options.tls_certificate), "keyfile": str(options.tls_key)} if options.tls else {}
        scheme, shown = "https" if options.tls else "http", f"[{address}]" if ":" in address else address
        Workers(worker, (address, taken), count=workers, tls=files).serve(
            lambda: click.echo(f"{scheme}://{shown}:{taken}")
        )


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


def _address(host: str) -> str:
    """The address that a host name stands for."""
    try:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
    except OSError as error:
        raise UsageError("no such host", where=host, cure="give --host an address of this machine") from error


def _reserve(address: str, port: int) -> socket.socket:
    """Hold the port until the socket of all workers listens there; anybody else's makes it fail.

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
