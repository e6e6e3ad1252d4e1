"""Who is at the page: by an API key, or by the name and password of the desk; without keys only this machine may come.

A role is what the scopes of a key or a person allow: ``investigate`` to look, ``decide`` to settle,
label and override, ``admin`` to forget.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from graphfraud.desk.people import SESSION_US, log_in, log_out, session
from graphfraud.errors import UnauthorisedError
from graphfraud.page.words import HTML_LANGUAGE, word
from graphfraud.serve.desk import Desk
from graphfraud.serve.keys import Scope, matching, read_keys

COOKIE: Final = "graphfraud-page"
OPEN: Final = ("/sign-in", "/_nicegui", "/favicon.ico")


@dataclass(frozen=True)
class Visitor:
    """Somebody at the page, and what they may do."""

    name: str
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        """Whether their role allows it."""
        return scope in self.scopes


LOCAL: Final = Visitor("local", frozenset(Scope))
"""Whoever is at a page without keys: somebody at this machine."""


@dataclass
class Sessions:
    """Sessions of keys live in this process only; those of people are the desk's own, as the service makes them."""

    keys: Path | None
    """The file of API keys; None lets everybody in, on loopback only."""
    desk: Desk
    _key_of: dict[str, str] = field(default_factory=dict)

    def visitor(self, secret: str) -> Visitor | None:
        """Who is behind a session now; None when it is over, or its key was revoked or lost the scope."""
        if self.keys is None:
            return LOCAL
        found = self._by_key(secret) if secret in self._key_of else self._by_desk(secret)
        return found if found is not None and found.may(Scope.INVESTIGATE) else None

    def sign_in(self, *, key: str, name: str, password: str) -> str | None:
        """The secret of a new session for a key in force, or for a name and password; else None.

        Cost: a password takes about a tenth of a second, on purpose.
        """
        secret = self._sign_in_person(name, password) if name else self._sign_in_key(key.strip())
        return secret if secret is not None and self.visitor(secret) is not None else None

    def sign_out(self, secret: str) -> None:
        """End a session."""
        if self._key_of.pop(secret, None) is None and self.keys is not None:
            self.desk.work(lambda connection, _: log_out(connection, secret))

    def _sign_in_key(self, token: str) -> str | None:
        key = matching(read_keys(self.keys), token) if self.keys else None
        if key is None:
            return None
        secret = secrets.token_urlsafe(32)
        self._key_of[secret] = key.sha256
        return secret

    def _sign_in_person(self, name: str, password: str) -> str | None:
        try:
            return self.desk.work(lambda c, now: log_in(c, name=name, password=password, now=now)).secret
        except UnauthorisedError:
            return None

    def _by_key(self, secret: str) -> Visitor | None:
        keys = read_keys(self.keys) if self.keys else ()
        digest = self._key_of[secret]
        key = next((one for one in keys if one.sha256 == digest and one.revoked_at is None), None)
        return None if key is None else Visitor(key.name, frozenset(key.scopes))

    def _by_desk(self, secret: str) -> Visitor | None:
        if not secret:
            return None
        try:
            person = self.desk.work(lambda connection, now: session(connection, secret, now=now))
        except UnauthorisedError:
            return None
        return Visitor(person.name, _known(person.scopes))


def secret_of(request: Request) -> str:
    """The secret of the session in a request's cookie; empty without one."""
    return request.cookies.get(COOKIE, "")


def signed_in(secret: str, *, secure: bool) -> Response:
    """The way to the page, with the cookie of a session."""
    answer = RedirectResponse("/", status_code=303)
    life = SESSION_US // 1_000_000
    answer.set_cookie(COOKIE, secret, max_age=life, httponly=True, samesite="strict", secure=secure)
    return answer


def signed_out() -> Response:
    """The way to the door, without a cookie."""
    answer = RedirectResponse("/", status_code=303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def sign_in_page(language: str, *, wrong: bool) -> HTMLResponse:
    """The door: a form for a name and password, and one for a key."""

    def say(name: str) -> str:
        return escape(word(name, language))

    said = f'<p role="alert">{say("wrong_key")}</p>' if wrong else ""
    button = f"<button>{say('sign_in')}</button></form>"
    return HTMLResponse(
        f'<!doctype html><html lang="{HTML_LANGUAGE[language]}"><head><meta charset="utf-8"><title>{say("sign_in")}</title>'
        "<style>body{font:16px system-ui,sans-serif;color:#1f2933;background:#f4f6f8;display:grid;place-items:center;min-height:90vh}"
        "form{display:grid;gap:10px;background:#fff;border:1px solid #d9e2ec;border-radius:10px;padding:18px 22px;margin:0 0 14px;width:340px}"
        "label{display:grid;gap:4px}input,button{font:inherit;height:40px;padding:0 10px;box-sizing:border-box}"
        "button{background:#005a8c;color:#fff;border:0;border-radius:6px;font-weight:600}</style></head>"
        f"<body><main><h1>{say('title')}</h1>{said}"
        f'<form method="post" action="/sign-in"><label>{say("name")}<input name="name" required autocomplete="username"></label>'
        f'<label>{say("password")}<input type="password" name="password" required autocomplete="current-password"></label>{button}'
        f'<form method="post" action="/sign-in"><label>{say("key")}<input type="password" name="key" required autocomplete="off"></label>{button}'
        "</main></body></html>",
        status_code=401,
    )


def _known(scopes: Iterable[str]) -> frozenset[Scope]:
    return frozenset(scope for scope in Scope if scope.value in scopes)
