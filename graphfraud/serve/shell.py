"""The outermost layer: screens every request, counts it, and lets no failure out but as a problem."""

import logging
import time
import traceback
from typing import Final

from graphfraud.errors import GraphfraudError
from graphfraud.serve.access import Access
from graphfraud.serve.exchange import Answer, Application, Message, Receive, Scope, Send
from graphfraud.serve.metrics import RequestCounts
from graphfraud.serve.operation import ROUTE
from graphfraud.serve.problems import plain_problem, problem

UNMATCHED: Final = 0
"""The first row of the counts: requests that no operation took."""

log = logging.getLogger(__name__)


class Shell:
    """ASGI middleware around the whole application."""

    def __init__(self, app: Application, *, access: Access, counts: RequestCounts) -> None:
        self._app = app
        self._access = access
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and account for it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        sent = _Sent(send)
        try:
            self._access.screen(scope)
            await self._app(scope, receive, sent)
        except GraphfraudError as error:
            await sent.instead(problem(error))
        except Exception as error:  # noqa: BLE001 - nothing but a problem leaves the service
            log.error("%s at %s", type(error).__name__, _place(error))
            await sent.instead(plain_problem(500))
        finally:
            self._counts.count(scope.get(ROUTE, UNMATCHED), sent.status, time.perf_counter() - started)


class _Sent:
    """Remembers the status that went out; 499 stands for nothing, the client having left."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 499
        self._begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self._begun = message["status"], True
        await self._send(message)

    async def instead(self, answer: Answer) -> None:
        """Send this answer, unless another one is on its way already."""
        if not self._begun:
            await answer.send(self)


def _place(error: Exception) -> str:
    """Where an error arose. Its text is left out: it may hold an id."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{frame.name} line {frame.lineno}" for frame in reversed(frames))
