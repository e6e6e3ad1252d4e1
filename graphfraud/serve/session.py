"""People at the page: POST /login, POST /logout, and the gate that lets their cookie through."""

import threading
from http.cookies import CookieError, SimpleCookie
from typing import Final

import msgspec

from graphfraud.errors import ForbiddenError, StoreError, TooManyRequestsError, UnauthorisedError
from graphfraud.serve.answers import LoggedIn, LoggedOut, LoginQuestion, Nothing
from graphfraud.serve.desk import Desk
from graphfraud.serve.exchange import Answer, Call, Caller, Scope, header
from graphfraud.serve.keys import Scope as KeyScope
from graphfraud.serve.operation import Service
from graphfraud.serve.question import decode

COOKIE: Final = "graphfraud"
SECURE_COOKIE: Final = "__Host-graphfraud"
"""Over TLS; browsers take this name only with Secure, and from no other host."""
SAFE_METHODS: Final = ("GET", "HEAD")
LOGIN_WAIT_S: Final = 2.0
_logging_in = threading.Lock()


class Sessions:
    """Admits by the cookie of a session; what changes something needs its CSRF token too."""

    def __init__(self, desk: Desk, *, secure: bool = False) -> None:
        self._desk = desk
        self.name = SECURE_COOKIE if secure else COOKIE

    def secret(self, scope: Scope) -> str | None:
        """The secret of the session in a request's cookie."""
        return cookie(header(scope, b"cookie"), self.name)

    def admit(self, scope: Scope, secret: str, needed: KeyScope | None) -> Caller:
        """Who asks, if their session is in force and has the scope.

        Raises:
            UnauthorisedError: the session is over.
            ForbiddenError: it lacks the scope, or the CSRF token is not its own.
        """
        from graphfraud.desk.people import is_token_of, session

        person = self._desk.work(lambda connection, now: session(connection, secret, now=now))
        if scope["method"] not in SAFE_METHODS and not is_token_of(person, header(scope, b"x-csrf-token") or ""):
            raise ForbiddenError("the CSRF token is not the session's", cure="send X-CSRF-Token from the login")
        if needed is not None and needed not in person.scopes:
            raise ForbiddenError(f"{person.name} lacks the scope {needed}", cure="ask who runs the service")
        return Caller(person.name)


def cookie(text: str | None, name: str) -> str | None:
    """The value of a cookie, None without it or where the header cannot be read.

    >>> cookie("a=1; graphfraud=xyz", "graphfraud")
    'xyz'
    """
    if text is None:
        return None
    try:
        found = SimpleCookie(text).get(name)
    except CookieError:
        return None
    return None if found is None else found.value


def login(service: Service, call: Call) -> Answer:
    """A session for a name and password; one at a time, since a password check is dear on purpose."""
    from graphfraud.desk.people import SESSION_US, log_in

    question, desk = decode(call.body, LoginQuestion), _desk(service)
    if not _logging_in.acquire(timeout=LOGIN_WAIT_S):
        raise TooManyRequestsError("too many people log in at once")
    try:
        found = desk.work(lambda c, now: log_in(c, name=question.name, password=question.password, now=now))
    finally:
        _logging_in.release()
    kept = _cookie(service, found.secret, SESSION_US // 1_000_000)
    return Answer(msgspec.json.encode(LoggedIn(question.name, found.csrf)), headers=(kept, NOT_KEPT))


def logout(service: Service, call: Call) -> Answer:
    """End the session of the cookie."""
    from graphfraud.desk.people import log_out

    decode(call.body or b"{}", Nothing)
    secret = cookie(call.cookie, _name(service))
    if secret is None:
        raise UnauthorisedError("there is no session", cure="log in")
    _desk(service).work(lambda connection, _: log_out(connection, secret))
    return Answer(msgspec.json.encode(LoggedOut()), headers=(_cookie(service, "", 0), NOT_KEPT))


NOT_KEPT: Final = (b"cache-control", b"no-store")


def _name(service: Service) -> str:
    return SECURE_COOKIE if service.tls else COOKIE


def _cookie(service: Service, secret: str, seconds: int) -> tuple[bytes, bytes]:
    flags = "HttpOnly; SameSite=Strict; Path=/" + ("; Secure" if service.tls else "")
    return b"set-cookie", f"{_name(service)}={secret}; Max-Age={seconds}; {flags}".encode()


def _desk(service: Service) -> Desk:
    if service.desk is None:
        raise StoreError("the service has no desk", cure="start it with --state")
    return service.desk
