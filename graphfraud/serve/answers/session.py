"""Shapes of /login and /logout."""

from typing import Annotated, Literal

import msgspec


class LoginQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody at the page."""

    name: Annotated[str, msgspec.Meta(max_length=64)]
    password: Annotated[str, msgspec.Meta(max_length=1_000)]


class LoggedIn(msgspec.Struct, frozen=True):
    """Who is logged in; the token goes into ``X-CSRF-Token`` of whatever changes something."""

    name: str
    csrf_token: str


class LoggedOut(msgspec.Struct, frozen=True):
    """The session is over."""

    status: Literal["logged_out"] = "logged_out"


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is to be said."""
