"""The server's process: set loose from ours, recognised by the home in its words, waited for."""

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_POLL_S: Final = 0.1
_SHOWN_LINES: Final = 5
_DEAD: Final = ("Z", "X")
_OF_KERNEL: Final = 0x00200000
_LOOSE: Final = '"$@" </dev/null >"$0" 2>&1 & echo $!'


def set_loose(command: list[str], *, console: Path, directory: Path, environment: Mapping[str, str]) -> int:
    """Number of a new process that outlives us and that nobody has to wait for; it speaks to ``console``."""
    shell = ["/bin/sh", "-c", _LOOSE, str(console), *command]
    said = subprocess.run(  # noqa: S603  # the words are arguments, the shell does not read them
        shell, stdout=subprocess.PIPE, cwd=directory, env=environment, start_new_session=True, check=True
    )
    return int(said.stdout)


def is_ours(process: int, mark: str) -> bool:
    """The process lives and has this word on its command line: it is not another that got its number."""
    if Path("/proc/self/cmdline").exists():
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return False
        return mark in words
    listing = ["/bin/ps", "-ww", "-o", "command=", "-p", str(process)]
    return mark in subprocess.run(listing, capture_output=True, text=True, check=False).stdout  # noqa: S603  # fixed words


def is_gone(process: int, mark: str, *, within: float) -> bool:
    """The process ended within so many seconds, and nobody holds its files and locks any more."""
    deadline = time.monotonic() + within
    while is_ours(process, mark) or _is_ending(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _is_ending(process: int) -> bool:
    """Its memory, and with it its command line, is given back already; a thread of it still has the files."""
    home = Path(f"/proc/{process}")
    try:
        if (home / "cmdline").read_bytes():
            return False  # alive, or another that got its number
        return any(map(_holds_files, (home / "task").iterdir()))
    except OSError:
        return False


def _holds_files(thread: Path) -> bool:
    """A thread that is neither dead nor one of the kernel's own, which have no command line either."""
    try:
        said = (thread / "stat").read_text(errors="replace").rpartition(") ")[2].split()
    except OSError:
        return False
    state, flags = said[0], int(said[6])
    return state not in _DEAD and not flags & _OF_KERNEL


def last_lines(said: str) -> str:
    """The end of what a program said, on one line, without the frames of a Java stack.

    >>> last_lines("Error: no port\\n\\tat org.neo4j.Config\\n\\n stopped\\n")
    'Error: no port | stopped'
    """
    lines = [line.strip() for line in said.splitlines()]
    told = [line for line in lines if line and not line.startswith(("at ", "... "))]
    return " | ".join(told[-_SHOWN_LINES:]) or "it said nothing"
