"""What goes through a route: one call in, one answer out, both plain records."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

JSON: Final = b"application/json"
OK: Final = int(HTTPStatus.OK)
NOT_MODIFIED: Final = int(HTTPStatus.NOT_MODIFIED)
"""Plain numbers: a member of an enumeration is looked up anew each time."""
NOT_KEPT: Final = ((b"cache-control", b"no-store"),)


class Caller(msgspec.Struct, frozen=True):
    """Who asks: the name of a key or of a person at the page.

    With ``consent``, only people whose consent for this purpose is in force are shown.
    """

    name: str
    consent: str | None = None


LOCAL: Final = Caller("local")
"""Whoever asks a service without keys: a program on this machine."""


class Read(msgspec.Struct, frozen=True):
    """What an answer showed of people: their tokens in hex, one after the other, and the run; for the audit log."""

    run_id: str
    tokens: str
    purpose: str = ""
    more: str = ""


class Call(msgspec.Struct, frozen=True):
    """A request as a route sees it: who asks, the id in its path, its query, its Accept header, its body.

    A run whose as-of lies before ``fresh_since`` (seconds since 1970) is stale.
    """

    path_id: str
    query: Mapping[str, str]
    accept: str
    body: bytes
    fresh_since: float
    caller: Caller = LOCAL
    cookie: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """A whole answer; ``headers`` beside type and length, which are always sent."""

    body: bytes
    status: int = 200
    content_type: bytes = JSON
    headers: tuple[Header, ...] = ()
    read: Read | None = None
    """What is noted in the audit log before this is sent."""

    async def send(self, send: Send) -> None:
        """Send it."""
        length = () if self.status == NOT_MODIFIED else ((b"content-length", b"%d" % len(self.body)),)
        headers = [
            (b"content-type", self.content_type),
            *length,
            (b"x-content-type-options", b"nosniff"),
            *(self.headers or NOT_KEPT),
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def header(scope: Scope, name: bytes) -> str | None:
    """The one header of this name, None without it; several are joined by commas, as HTTP reads them."""
    found: bytes | None = None
    for key, value in scope["headers"]:
        if key == name:
            found = value if found is None else b"%b, %b" % (found, value)
    return None if found is None else found.decode("latin-1")
