"""Who may use the page: people with passwords, and their sessions.

A password is kept as argon2id. A session is a random secret in a cookie; with it goes a
second one, the CSRF token, that the page sends in a header with whatever changes something.
"""

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from graphfraud.desk.tables import SESSIONS, USERS
from graphfraud.errors import NotFoundError, UnauthorisedError, UsageError

SESSION_US: Final = 8 * 3_600 * 1_000_000
MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 1_000
_HASHER: Final = PasswordHasher()
_NOBODY: Final = _HASHER.hash(secrets.token_hex(16))
"""Checked where there is no such person, so that a wrong name takes as long as a wrong password."""


@dataclass(frozen=True)
class Login:
    """A new session: the secret for the cookie, and the CSRF token for the page; neither is kept."""

    secret: str
    csrf: str
    until: int


@dataclass(frozen=True)
class Person:
    """Somebody at the page."""

    name: str
    scopes: tuple[str, ...]
    csrf_sha256: str
    until: int


def add_user(connection: sa.Connection, *, name: str, password: str, scopes: tuple[str, ...], now: int) -> None:
    """Let somebody in by a password, or give them another password and other scopes; ends their sessions.

    Raises:
        UsageError: the name is not one of letters, digits, dots and hyphens, or the password is short.
    """
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name) or not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UsageError(
            f"a name of letters, digits, dots and hyphens and a password of {MIN_PASSWORD} characters are needed",
            where=name[:64],
            cure="choose longer words",
        )
    remove_user(connection, name, missing_ok=True)
    content = {"name": name, "password": _HASHER.hash(password), "scopes": json.dumps(scopes), "created_at": now}
    connection.execute(sa.insert(USERS).values(content))


def remove_user(connection: sa.Connection, name: str, *, missing_ok: bool = False) -> None:
    """Let somebody in no longer; ends their sessions.

    Raises:
        NotFoundError: there is nobody of this name.
    """
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.name == name))
    if not connection.execute(sa.delete(USERS).where(USERS.c.name == name)).rowcount and not missing_ok:
        raise NotFoundError("nobody of this name", where=name[:64], cure="check the name")


def log_in(connection: sa.Connection, *, name: str, password: str, now: int) -> Login:
    """A new session. Cost: about a tenth of a second, on purpose.

    Raises:
        UnauthorisedError: wrong name or password; which of them is not said.
    """
    known = connection.execute(sa.select(USERS.c.password).where(USERS.c.name == name)).scalar()
    try:
        _HASHER.verify(known or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        known = None
    if known is None:
        raise UnauthorisedError("wrong name or password", cure="try again")
    login = Login(secrets.token_urlsafe(32), secrets.token_urlsafe(32), now + SESSION_US)
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.until <= now))
    row = {"sha256": _digest(login.secret), "name": name, "csrf_sha256": _digest(login.csrf), "until": login.until}
    connection.execute(sa.insert(SESSIONS).values(row))
    return login


def log_out(connection: sa.Connection, secret: str) -> None:
    """End a session; one that is over already stays so."""
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.sha256 == _digest(secret)))


def session(connection: sa.Connection, secret: str, *, now: int) -> Person:
    """Who is behind a session.

    Raises:
        UnauthorisedError: it is over, or never was.
    """
    joined = sa.select(SESSIONS, USERS.c.scopes).join(USERS, USERS.c.name == SESSIONS.c.name)
    row = connection.execute(joined.where(SESSIONS.c.sha256 == _digest(secret), SESSIONS.c.until > now)).first()
    if row is None:
        raise UnauthorisedError("the session is over", cure="log in")
    return Person(row.name, tuple(json.loads(row.scopes)), row.csrf_sha256, row.until)


def is_token_of(person: Person, csrf: str) -> bool:
    """Whether this is the CSRF token of the session; takes the same time whichever it is."""
    return hmac.compare_digest(person.csrf_sha256, _digest(csrf))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
