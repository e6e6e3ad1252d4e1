"""Connections of a worker: uvicorn's protocol, with a limit to how long and how much a client may take."""

import math
from collections import deque
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_S: Final = 10.0
"""A client that has not sent its headers by then is dropped."""
HEADER_BYTES: Final = 1 << 16
"""Longer headers are not read."""
IDLE_S: Final = 75.0
"""A connection on which nothing is asked is closed after this."""
LOOK_S: Final = 5.0
"""A connection is looked after so often."""
IN_FLIGHT: Final = 256
"""Connections that one worker reads from at a time; the next ones wait."""
WAITING: Final = 512
"""Connections that may wait; more are closed."""

_waiting: "deque[Wire]" = deque()
"""Connections of this process that nothing is read from yet, the oldest first."""


class Wire(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._until = math.inf
        self._heading = 0
        self._in_body = False

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or let it wait until another one ends."""
        super().connection_made(transport)
        others = len(self.connections) - 1
        if others >= IN_FLIGHT + WAITING:
            transport.abort()
        elif others >= IN_FLIGHT:
            _waiting.append(self)
            self.loop.call_soon(self._hold)  # the loop begins to read when this returns
        else:
            self._attend()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it, and let another one in."""
        super().connection_lost(exc)
        self._until = -math.inf
        if self in _waiting:
            _waiting.remove(self)
        elif _waiting and len(self.connections) - len(_waiting) < IN_FLIGHT:
            first = _waiting.popleft()
            first.flow.resume_reading()
            first._attend()

    def data_received(self, data: bytes) -> None:
        """Read on, but no endless headers."""
        if not self._in_body:
            self._heading += len(data)
            if self._heading > HEADER_BYTES and len(data) < self._heading:
                self.transport.abort()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins; what came before it is done."""
        super().on_message_begin()
        self._until = self.loop.time() + HEADER_S

    def on_headers_complete(self) -> None:
        """From here on the application says how long it waits."""
        self._until, self._heading, self._in_body = math.inf, 0, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What follows is the next request."""
        self._heading, self._in_body = 0, False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._until = self.loop.time() + IDLE_S
        super().on_response_complete()

    def _hold(self) -> None:
        if self in _waiting:
            self.flow.pause_reading()

    def _attend(self) -> None:
        self._until = self.loop.time() + HEADER_S
        self.loop.call_later(LOOK_S, self._look)

    def _look(self) -> None:
        """Close what has said nothing for too long, else look again later.

        Who still reads an answer gets as long again for the rest of it.
        """
        if self.loop.time() < self._until:
            self.loop.call_later(LOOK_S, self._look)
        elif self._until > -math.inf:
            self.transport.close()
            self.loop.call_later(IDLE_S, self.transport.abort)
