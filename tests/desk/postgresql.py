"""A PostgreSQL of Debian's packages for a few tests: its own directory, a socket, no port."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PLACES = (*Path("/usr/lib/postgresql").glob("*/bin"), Path("/usr/local/bin"))


def program(name: str) -> str | None:
    """Where a program of PostgreSQL is; Debian keeps some of them off the PATH."""
    found = [place / name for place in PLACES if (place / name).exists()]
    return str(found[0]) if found else shutil.which(name)


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a new, empty database. Without the packages tests are skipped, in CI they fail."""
    initdb, control = program("initdb"), program("pg_ctl")
    if initdb is None or control is None:
        message = "PostgreSQL is not here: apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    with tempfile.TemporaryDirectory(prefix="graphfraud-pg-") as name:
        home = Path(name)
        if user:
            shutil.chown(home, user)
        data, words = home / "data", f"-k {home} -c listen_addresses='' -c fsync=off"
        run = {"user": user, "check": True, "stdout": subprocess.DEVNULL, "cwd": home}
        subprocess.run([initdb, "-D", data, "-A", "trust", "-U", "desk", "-E", "UTF8", "--locale=C"], **run)  # type: ignore[call-overload]
        subprocess.run([control, "-D", data, "-o", words, "-w", "-l", home / "log", "start"], **run)  # type: ignore[call-overload]
        try:
            yield f"postgresql://desk@/postgres?host={home}"
        finally:
            subprocess.run([control, "-D", data, "-m", "immediate", "-w", "stop"], **run)  # type: ignore[call-overload]
