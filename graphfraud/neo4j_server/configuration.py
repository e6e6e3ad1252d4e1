"""What the server is told: loopback only, a password always, nothing reported to anybody."""

import re
import socket
import time
from dataclasses import dataclass
from typing import Final

from graphfraud.errors import UsageError
from graphfraud.neo4j_server.home import Home, Running

LOOPBACK: Final = "127.0.0.1"
_GIVEN_BACK_S: Final = 10.0
_POLL_S: Final = 0.1


@dataclass(frozen=True)
class Options:
    """How to start a server; port 0 takes the last one if it is free, else any.

    Raises:
        UsageError: an amount of memory is not a number with k, m or g.
    """

    port: int = 0
    gds: bool = False
    tls: bool = False
    browser: bool = False
    heap: str = "1g"
    page_cache: str = "512m"

    def __post_init__(self) -> None:
        for amount in (self.heap, self.page_cache):
            if not re.fullmatch(r"[1-9]\d*[kmg]", amount):
                raise UsageError(f"{amount!r} is not an amount of memory", cure="write it like 512m or 2g")


def neo4j_conf(options: Options, running: Running) -> str:
    """Text of ``neo4j.conf``.

    >>> print(neo4j_conf(Options(), Running(process=0, port=7000)).splitlines()[2])
    server.bolt.listen_address=127.0.0.1:7000
    """
    settings = {
        "server.default_listen_address": LOOPBACK,
        "server.bolt.enabled": "true",
        "server.bolt.listen_address": f"{LOOPBACK}:{running.port}",
        "server.bolt.advertised_address": f"{LOOPBACK}:{running.port}",
        "server.http.enabled": str(bool(running.browser_port)).lower(),
        "server.https.enabled": "false",
        "server.memory.heap.initial_size": options.heap,
        "server.memory.heap.max_size": options.heap,
        "server.memory.pagecache.size": options.page_cache,
        "dbms.security.auth_enabled": "true",
        # the default waits ten seconds for threads that have nothing left to do
        "internal.server.bolt.thread_pool_shutdown_wait_time": "500ms",
        # the default takes half a gigabyte of disk for an empty database
        "db.tx_log.preallocate": "false",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
    }
    if running.browser_port:
        settings["server.http.listen_address"] = f"{LOOPBACK}:{running.browser_port}"
        settings["server.http.advertised_address"] = f"{LOOPBACK}:{running.browser_port}"
    if running.gds:
        settings["dbms.security.procedures.unrestricted"] = "gds.*"
    if running.tls:
        settings |= {
            "server.bolt.tls_level": "REQUIRED",
            "dbms.ssl.policy.bolt.enabled": "true",
            "dbms.ssl.policy.bolt.base_directory": "certificates/bolt",
            "dbms.ssl.policy.bolt.private_key": "private.key",
            "dbms.ssl.policy.bolt.public_certificate": "public.crt",
        }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def choose_ports(home: Home, options: Options) -> tuple[int, int]:
    """Ports for Bolt and for Neo4j Browser (0 without it); the addresses of the last start are kept if free.

    Raises:
        UsageError: the port asked for is taken.
    """
    last = home.recorded()
    if options.port and not _free(options.port):
        raise UsageError(f"port {options.port} is taken", where=LOOPBACK, cure="give another --port, or none")
    bolt = options.port or _free_or_any(last.port if last else 0)
    return bolt, _free_or_any(last.browser_port if last else 0) if options.browser else 0


def _free_or_any(port: int) -> int:
    """The port, once a server that was just killed has given it back; any other when that takes too long."""
    deadline = time.monotonic() + _GIVEN_BACK_S
    while port:
        if _free(port):
            return port
        if time.monotonic() > deadline:
            break
        time.sleep(_POLL_S)
    with socket.create_server((LOOPBACK, 0)) as taken:
        chosen: int = taken.getsockname()[1]
    return chosen


def _free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True
