"""Who is at the page: a key of scope investigate opens a session; without keys only this machine may come."""

import secrets
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from graphfraud.page.words import HTML_LANGUAGE, word
from graphfraud.serve.keys import Scope, matching, read_keys

COOKIE: Final = "graphfraud-page"
NOBODY: Final = "local"
"""Who is at a page without keys."""
OPEN: Final = ("/sign-in", "/_nicegui", "/favicon.ico")


@dataclass
class Sessions:
    """Sessions of one process, in memory only: a restart signs everybody out."""

    keys: Path | None
    _who: dict[str, str] = field(default_factory=dict)

    def who(self, request: Request) -> str | None:
        """Name of the key behind a request, None when nobody signed in."""
        return NOBODY if self.keys is None else self._who.get(request.cookies.get(COOKIE, ""))

    def sign_in(self, token: str, secure: bool) -> Response | None:
        """A way to the page for who has a key in force with the scope, else None."""
        key = matching(read_keys(self.keys), token.strip()) if self.keys else None
        if key is None or Scope.INVESTIGATE not in key.scopes:
            return None
        session = secrets.token_urlsafe(32)
        self._who[session] = key.name
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(COOKIE, session, httponly=True, samesite="strict", secure=secure)
        return answer


def sign_in_page(language: str, *, wrong: bool) -> HTMLResponse:
    """The form for the key."""
    said = f'<p role="alert">{escape(word("wrong_key", language))}</p>' if wrong else ""
    return HTMLResponse(
        f'<!doctype html><html lang="{HTML_LANGUAGE[language]}"><head><meta charset="utf-8"><title>{escape(word("sign_in", language))}</title>'
        "<style>body{font:16px system-ui,sans-serif;color:#1f2933;display:grid;place-items:center;min-height:90vh}input,button{font:inherit;height:40px;padding:0 10px}</style></head>"
        f'<body><main><h1>{escape(word("title", language))}</h1>{said}<form method="post" action="/sign-in"><label>{escape(word("key", language))}<br>'
        f'<input type="password" name="key" required size="44"></label> <button>{escape(word("sign_in", language))}</button></form></main></body></html>',
        status_code=401,
    )
