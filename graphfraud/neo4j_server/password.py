"""The password of the server's one user: given at the first start or random, kept in a file of the owner's."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from graphfraud.errors import StoreError, UsageError
from graphfraud.neo4j_server.home import Home

MIN_PASSWORD: Final = 8
"""Neo4j refuses shorter ones."""


def choose_password(home: Home, environment: Mapping[str, str]) -> str:
    """The password of a home: what its first start took, else ``GRAPHFRAUD_NEO4J_PASSWORD``, else a random one.

    Raises:
        UsageError: the environment's is too short, or is not the one of the first start.
    """
    wanted = environment.get("GRAPHFRAUD_NEO4J_PASSWORD", "")
    if home.has_password:
        kept = read_password(home)
        if wanted and wanted != kept:
            raise UsageError(
                "GRAPHFRAUD_NEO4J_PASSWORD is not the password of the first start",
                where=str(home.password_file),
                cure="unset it or take the one in this file; an empty --home takes a new one",
            )
        return kept
    if wanted and len(wanted) < MIN_PASSWORD:
        raise UsageError(
            f"the password has {len(wanted)} characters",
            where="GRAPHFRAUD_NEO4J_PASSWORD",
            cure=f"give at least {MIN_PASSWORD}",
        )
    return wanted or secrets.token_hex(16)


def read_password(home: Home) -> str:
    """The password as the first start wrote it."""
    try:
        return home.password_file.read_text(encoding="utf-8").rstrip("\n")
    except FileNotFoundError as error:
        raise StoreError(
            "the password file is gone", where=str(home.password_file), cure="write it anew, or give an empty --home"
        ) from error


def write_private(path: Path, text: str) -> None:
    """A file that nobody but its owner can read, not even for a moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
