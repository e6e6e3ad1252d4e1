"""Who may ask: a key with the right scope, or, without keys, only this machine's own programs."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from graphfraud.errors import ForbiddenError, UnauthorisedError, UsageError
from graphfraud.serve.exchange import LOCAL, Caller, header
from graphfraud.serve.exchange import Scope as AsgiScope
from graphfraud.serve.keys import ApiKey, Scope, matching_place, read_keys
from graphfraud.serve.limits import Limits

if TYPE_CHECKING:
    from graphfraud.serve.session import Sessions

RECHECK_S: Final = 1.0
"""The key file is looked at again at most so often."""
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Access(Protocol):
    """Two gates: ``screen`` for every request, ``admit`` for routes that need a key."""

    def screen(self, scope: AsgiScope) -> None:
        """Let any request pass, or raise ForbiddenError."""
        ...

    def admit(self, scope: AsgiScope, needed: Scope | None) -> Caller:
        """Who asks, if they may pass to a route that needs this scope (None: any key).

        Raises:
            UnauthorisedError: no key, or one that is not in force.
            ForbiddenError: the key lacks the scope.
            TooManyRequestsError: the key asks too often.
        """
        ...


class KeyAccess:
    """Admits by API key, from ``Authorization: Bearer`` or ``X-API-Key``; follows the file.

    Without a key the cookie of a session will do, where there are sessions.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float],
        *,
        limits: Limits | None = None,
        sessions: "Sessions | None" = None,
    ) -> None:
        self._path = path
        self._clock = clock
        self._limits = limits
        self._sessions = sessions
        self._checked = -RECHECK_S
        self._seen: tuple[int, int, int] | None = None
        self._keys: tuple[ApiKey, ...] = ()
        self._callers: tuple[Caller, ...] = ()

    def screen(self, scope: AsgiScope) -> None:
        """Everybody may knock."""

    def admit(self, scope: AsgiScope, needed: Scope | None) -> Caller:
        """See :class:`Access`."""
        token, now = _token(scope), self._clock()
        if token is None and self._sessions is not None and (secret := self._sessions.secret(scope)) is not None:
            return self._sessions.admit(scope, secret, needed)
        keys = self._current(now)
        place = matching_place(keys, token) if token else None
        if place is None:
            raise UnauthorisedError("no valid API key", cure="send Authorization: Bearer or X-API-Key")
        key = keys[place]
        if self._limits is not None:
            self._limits.spend(place, key.rate_per_s, now)
        if needed is not None and needed not in key.scopes:
            raise ForbiddenError(f"the key lacks the scope {needed}", cure="use a key that has it")
        return self._callers[place]

    def _current(self, now: float) -> tuple[ApiKey, ...]:
        if now - self._checked >= RECHECK_S:
            stamp = _stamp(self._path)
            if stamp != self._seen:
                self._keys = read_keys(self._path)
                self._callers = tuple(Caller(key.name, key.consent) for key in self._keys)
                self._seen = stamp
            self._checked = now
        return self._keys


@dataclass(frozen=True)
class LoopbackAccess:
    """Admits without a key what comes from this machine, but not from a web page of another origin.

    A page that rebinds its name to 127.0.0.1 still sends its own name as Host.
    """

    port: int
    scheme: str = "http"

    def screen(self, scope: AsgiScope) -> None:
        """Let pass only loopback names as Host, and only our own origin as Origin."""
        host, origin = header(scope, b"host"), header(scope, b"origin")
        if host is None or not self._ours(host):
            raise ForbiddenError("Host is not this service's loopback address", cure="call it by 127.0.0.1")
        if origin is not None and origin.lower() != f"{self.scheme}://{host.lower()}":
            raise ForbiddenError("Origin is another site", cure="call the service from no web page but its own")

    def admit(self, scope: AsgiScope, needed: Scope | None) -> Caller:  # noqa: ARG002 - every gate has this shape
        """No key is asked for."""
        return LOCAL

    def _ours(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or "", parts.port or DEFAULT_PORTS[self.scheme]
        except ValueError:
            return False
        bare = parts.netloc == host and parts.username is None
        return bare and port == self.port and is_loopback(name)


def is_loopback(name: str) -> bool:
    """Whether a host name or address can only mean this machine.

    >>> [is_loopback(name) for name in ("localhost", "127.8.0.1", "::1", "0.0.0.0", "localhost.evil.example")]
    [True, True, True, False, False]
    """
    try:
        return name.lower() == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Place:
    """Where the service listens, and whether it speaks TLS there."""

    host: str
    port: int
    tls: bool = False


@dataclass(frozen=True)
class Gates:
    """What stands behind the gate beside the keys."""

    limits: Limits | None = None
    sessions: "Sessions | None" = None


def access_for(
    place: Place, *, insecure: bool, keys: Path, clock: Callable[[], float], gates: Gates = Gates()
) -> Access:
    """How requests are admitted at this place.

    Raises:
        UsageError: without keys on an address that others reach, or there is no key in force.
        KeyMaterialError: the key file is unsafe or damaged.
    """
    if insecure:
        if not is_loopback(place.host):
            raise UsageError("--insecure on an address that others reach", where=place.host, cure="create an API key")
        return LoopbackAccess(place.port, "https" if place.tls else "http")
    if not any(key.revoked_at is None for key in read_keys(keys)):
        raise UsageError("no API key in force", where=str(keys), cure="create one, or use --insecure on 127.0.0.1")
    return KeyAccess(keys, clock, limits=gates.limits, sessions=gates.sessions)


def _token(scope: AsgiScope) -> str | None:
    authorization = header(scope, b"authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None
    return header(scope, b"x-api-key")


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
