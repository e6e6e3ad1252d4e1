"""What goes through a route: one call in, one answer out, both plain records."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

JSON: Final = b"application/json"
NOT_KEPT: Final = ((b"cache-control", b"no-store"),)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the name of a key or of a person at the page.

    With ``consent``, only people whose consent for this purpose is in force are shown.
    """

    name: str
    consent: str | None = None


LOCAL: Final = Caller("local")
"""Whoever asks a service without keys: a program on this machine."""


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer showed of people: their tokens in hex, one after the other, and the run; for the audit log."""

    run_id: str
    tokens: str
    purpose: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Call:
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


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; ``headers`` beside type and length, which are always sent."""

    body: bytes
    status: int = 200
    content_type: bytes = JSON
    headers: tuple[Header, ...] = ()
    read: Read | None = None
    """What is noted in the audit log before this is sent."""

    async def send(self, send: Send) -> None:
        """Send it."""
        length = () if self.status == HTTPStatus.NOT_MODIFIED else ((b"content-length", b"%d" % len(self.body)),)
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
    found = [value for key, value in scope["headers"] if key == name]
    return b", ".join(found).decode("latin-1") if found else None
