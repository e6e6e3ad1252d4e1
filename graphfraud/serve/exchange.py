"""What goes through a route: one call in, one answer out, both plain records."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

JSON: Final = b"application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a route sees it: the id in its path, its query, its Accept header, its body.

    A run whose as-of lies before ``fresh_since`` (seconds since 1970) is stale.
    """

    path_id: str
    query: Mapping[str, str]
    accept: str
    body: bytes
    fresh_since: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; ``headers`` beside type and length, which are always sent."""

    body: bytes
    status: int = 200
    content_type: bytes = JSON
    headers: tuple[Header, ...] = ()

    async def send(self, send: Send) -> None:
        """Send it."""
        headers = [
            (b"content-type", self.content_type),
            (b"content-length", str(len(self.body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def header(scope: Scope, name: bytes) -> str | None:
    """The one header of this name, None without it; several are joined by commas, as HTTP reads them."""
    found = [value for key, value in scope["headers"] if key == name]
    return b", ".join(found).decode("latin-1") if found else None
