"""The workers of the service: gunicorn starts, replaces and stops them, and each speaks HTTP through uvicorn."""

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Final

from fastapi import FastAPI
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer
from gunicorn.glogging import Logger
from uvicorn.server import Server
from uvicorn_worker import UvicornWorker

from graphfraud.errors import RunError
from graphfraud.serve.journal import JsonLines, log_as_json
from graphfraud.serve.wire import IDLE_S, Wire

BACKLOG: Final = 1_024
STOP_S: Final = 10
"""A worker that still has requests after this is ended."""
STUCK_S: Final = 60
"""A worker that has not moved for so long is replaced."""
LOOK_S: Final = 1.0
"""A worker looks so often whether the service is still there."""
ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)

log = logging.getLogger(__name__)


class Workers(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """So many processes that serve one application at one address until they are told to stop.

    ``make`` makes the application inside each; ``tls`` may name ``certfile`` and ``keyfile``.
    """

    def __init__(
        self, make: Callable[[], FastAPI], place: tuple[str, int], *, count: int, tls: Mapping[str, str]
    ) -> None:
        host, port = place
        self._make = make
        self._settings = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": count,
            "worker_class": Worker,
            "backlog": BACKLOG,
            "timeout": STUCK_S,
            "graceful_timeout": STOP_S,
            "keepalive": int(IDLE_S),
            "logger_class": Log,
            "loglevel": "critical",  # what clients do wrong is no news
            "control_socket_disable": True,
            **tls,
        }
        super().__init__()

    def load_config(self) -> None:
        """As :class:`BaseApplication` asks for it."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> FastAPI:
        """The application of a worker."""
        return self._make()

    def serve(self, begun: Callable[[], None]) -> None:
        """Serve until SIGINT or SIGTERM; ``begun`` is called once a worker is there.

        Raises:
            RunError: a worker cannot start; it said why.
        """
        reader, writer = os.pipe()
        self.cfg.set("post_worker_init", lambda _: os.write(writer, b"."))
        listener = threading.Thread(target=_call_once, args=(reader, begun), daemon=True)
        listener.start()
        try:
            self.run()
        except (SystemExit, HaltServer) as ended:
            if not isinstance(ended, SystemExit) or ended.code:
                raise RunError("a worker cannot start", cure="see the line above") from ended
        finally:
            os.close(writer)
            listener.join(LOOK_S)  # a thread that still waits keeps the interpreter from clearing up


def _call_once(reader: int, begun: Callable[[], None]) -> None:
    """Call at the first byte, and take those that follow."""
    if os.read(reader, 1):
        begun()
    while os.read(reader, 1):
        pass
    os.close(reader)


class Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """What gunicorn says, as the service says it."""

    def setup(self, cfg: Any) -> None:
        """As :class:`Logger` is asked to."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


class Worker(UvicornWorker):  # type: ignore[misc]  # uvicorn_worker has no types
    """One worker, which does not outlive the service."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "http": Wire,
        "loop": "uvloop",
        "ws": "none",
        "interface": "asgi3",
        "lifespan": "off",
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "timeout_graceful_shutdown": STOP_S - 1,
    }

    def init_process(self) -> None:
        """Begin; what keeps a worker from it is told, and ends the service."""
        try:
            super().init_process()
        except Exception as error:  # noqa: BLE001 - nothing may unwind what the service holds
            log_as_json()
            log.error("a worker cannot start: %s", error)
            os._exit(Arbiter.WORKER_BOOT_ERROR)

    def run(self) -> None:
        """Serve, then end here: what the service holds is not this process's to clear away."""
        threading.Thread(target=_end_with, args=(self.ppid,), daemon=True).start()
        code = 1
        try:
            super().run()
            code = 0
        finally:
            if self.wsgi.state.audit is not None:
                self.wsgi.state.audit.close()
            os._exit(code)

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        await _Server(self.config).serve(sockets=self.sockets)


class _Server(Server):
    """Ends by itself after a signal: what it is made of may still have to be closed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Heed the signals of the service."""
        for one in ENDS:
            signal.signal(one, self.handle_exit)
        yield


def _end_with(service: int) -> None:
    """Stop this worker when the service is gone: an orphan would answer beside its successor for ever."""
    while os.getppid() == service:
        time.sleep(LOOK_S)
    signal.raise_signal(signal.SIGTERM)
    time.sleep(STOP_S)
    os._exit(1)
