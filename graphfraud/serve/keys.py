"""API keys: made here, shown once, kept only as SHA-256 in a file of mode 0600.

A key carries 256 random bits, so a plain digest is enough: nobody can guess what to hash.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from graphfraud.errors import KeyMaterialError, LeaseHeldError, NotFoundError, UsageError

PREFIX: Final = "gf_"
RANDOM_BYTES: Final = 32
OTHERS: Final = 0o077
"""Permission bits that nobody but the owner may have."""


class Scope(StrEnum):
    """What a key may be used for; none includes another."""

    FEATURES = "features"
    SCORES = "scores"
    INVESTIGATE = "investigate"
    """To look: rings, people, queries, the queue."""
    DECIDE = "decide"
    """To take alerts, comment on and settle them, label people, put them on lists."""
    ADMIN = "admin"
    """To forget people."""


class ApiKey(msgspec.Struct, frozen=True):
    """One key as stored: its digest in hex, never itself."""

    name: str
    sha256: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    revoked_at: datetime | None = None
    rate_per_s: float | None = None
    """Requests a second; None: as the service says."""
    consent: str | None = None
    """The purpose for which people must have consented; None: the key's use rests on other grounds."""


class _KeyFile(msgspec.Struct, frozen=True):
    keys: tuple[ApiKey, ...] = ()


def read_keys(path: Path) -> tuple[ApiKey, ...]:
    """Every key of a file, revoked ones too; none when there is no file.

    Raises:
        KeyMaterialError: others may read or write the file, or it is not a file of keys.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & OTHERS:
                raise KeyMaterialError("others may read the API keys", where=str(path), cure=f"chmod 600 {path}")
            return msgspec.json.decode(file.read(), type=_KeyFile).keys
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise KeyMaterialError(
            f"the API keys cannot be read ({type(error).__name__})",
            where=str(path),
            cure="restore the file, or move it away and create new keys",
        ) from error


@dataclass(frozen=True)
class Grant:
    """What a new key may do."""

    scopes: tuple[Scope, ...]
    rate_per_s: float | None = None
    consent: str | None = None


def create_key(path: Path, *, name: str, scopes: tuple[Scope, ...], now: datetime) -> str:
    """A new key with these scopes and no limits of its own; see :func:`grant_key`."""
    return grant_key(path, name=name, grant=Grant(scopes), now=now)


def grant_key(path: Path, *, name: str, grant: Grant, now: datetime) -> str:
    """A new key, added to the file; only its digest is kept, so this is the only time it is seen.

    Raises:
        UsageError: the name is taken or not one of letters, digits, dots and hyphens; or no scope is given.
        LeaseHeldError: somebody else is changing the file.
    """
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name) or not grant.scopes:
        raise UsageError(
            "a key needs a name of letters, digits, dots and hyphens, and a scope",
            where=name[:64],
            cure=f"choose from {', '.join(Scope)}",
        )
    token = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    with _changing(path) as write:
        keys = read_keys(path)
        if any(key.name == name for key in keys):
            raise UsageError("there is a key of this name", where=name, cure="choose another name")
        scopes = tuple(sorted(set(grant.scopes)))
        fresh = ApiKey(name, digest(token), scopes, now, rate_per_s=grant.rate_per_s, consent=grant.consent)
        write((*keys, fresh))
    return token


def revoke_key(path: Path, *, name: str, now: datetime) -> None:
    """Make a key worthless from now on; every running worker notices within a second.

    Raises:
        NotFoundError: there is no such key.
        LeaseHeldError: somebody else is changing the file.
    """
    with _changing(path) as write:
        keys = read_keys(path)
        if all(key.name != name for key in keys):
            raise NotFoundError("no key of this name", where=name, cure="list the keys")
        write(
            tuple(
                msgspec.structs.replace(key, revoked_at=key.revoked_at or now) if key.name == name else key
                for key in keys
            )
        )


def rotate_key(path: Path, *, name: str, now: datetime) -> str:
    """A new secret for a key in force, with the same rights; the old one is worthless from now on.

    Raises:
        NotFoundError: there is no such key in force.
        LeaseHeldError: somebody else is changing the file.
    """
    token = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    with _changing(path) as write:
        keys = read_keys(path)
        if all(key.name != name or key.revoked_at is not None for key in keys):
            raise NotFoundError("no key of this name in force", where=name, cure="list the keys")
        fresh = {"sha256": digest(token), "created_at": now}
        write(tuple(msgspec.structs.replace(key, **fresh) if key.name == name else key for key in keys))
    return token


def digest(token: str) -> str:
    """SHA-256 of a key in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def matching(keys: tuple[ApiKey, ...], token: str) -> ApiKey | None:
    """The key in force that this token is; takes the same time whichever it is."""
    place = matching_place(keys, token)
    return None if place is None else keys[place]


def matching_place(keys: tuple[ApiKey, ...], token: str) -> int | None:
    """Place of the key in force that this token is; takes the same time whichever it is."""
    asked = digest(token)
    found = None
    for place, key in enumerate(keys):
        if hmac.compare_digest(key.sha256, asked) and key.revoked_at is None:
            found = place
    return found


@contextmanager
def _changing(path: Path) -> Iterator[Callable[[tuple[ApiKey, ...]], None]]:
    """Let one writer at a time replace the file, whole; the new file itself is the lock."""
    fresh = path.with_name(path.name + ".new")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise LeaseHeldError(
            "somebody else is changing the API keys", where=str(path), cure=f"try again, or delete {fresh}"
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:

            def write(keys: tuple[ApiKey, ...]) -> None:
                file.write(msgspec.json.format(msgspec.json.encode(_KeyFile(keys)), indent=1) + b"\n")
                file.flush()
                os.fsync(file.fileno())
                fresh.replace(path)

            yield write
    finally:
        fresh.unlink(missing_ok=True)
