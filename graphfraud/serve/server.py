"""Runs the service on granian: one process a worker, no access log, a clean stop."""

import multiprocessing
import os
import signal
import socket
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click
from fastapi import FastAPI
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from graphfraud.errors import UsageError
from graphfraud.serve.access import access_for
from graphfraud.serve.app import COUNTED, create_app
from graphfraud.serve.metrics import RequestCounts

LAST_PORT = 65_535
START_S = 30.0
"""The address is printed once it answers, or not at all after this."""
STOP_S = 10
"""A worker that still has requests after this is ended."""


@dataclass(frozen=True)
class _Worker:
    """Makes the application inside a worker; plain values, so that any start method can carry it."""

    runs: Path
    host: str
    port: int
    insecure: bool
    keys: Path
    counts: Path
    workers: int

    def __call__(self) -> FastAPI:
        """The application of this worker, which does not outlive the service."""
        threading.Thread(target=_end_with_parent, daemon=True).start()
        access = access_for(
            host=self.host, port=self.port, insecure=self.insecure, keys=self.keys, clock=time.monotonic
        )
        return create_app(self.runs, access=access, counts=RequestCounts(self.counts, COUNTED, workers=self.workers))


def serve(runs: Path, *, host: str, port: int, workers: int, insecure: bool, keys: Path) -> None:
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
    access_for(host=address, port=port, insecure=insecure, keys=keys, clock=time.monotonic)
    with closing(_reserve(address, port)) as place, tempfile.TemporaryDirectory(prefix="graphfraud-") as folder:
        taken = place.getsockname()[1]
        worker = _Worker(runs.absolute(), address, taken, insecure, keys.absolute(), Path(folder) / "counts", workers)
        server = Server(
            "graphfraud",
            address,
            taken,
            interface=Interfaces.ASGINL,
            workers=workers,
            websockets=False,
            http=HTTPModes.http1,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_S,
        )
        server.on_startup(lambda: _announce(address, taken))
        server.serve(target_loader=worker, wrap_loader=False)


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


def _announce(address: str, port: int) -> None:
    """Print the address from another thread, once a worker answers there."""
    threading.Thread(target=_print_when_open, args=(address, port), daemon=True).start()


def _print_when_open(address: str, port: int) -> None:
    shown = f"[{address}]" if ":" in address else address
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
            continue
        click.echo(f"http://{shown}:{port}")
        return
