"""The installed command, run as a user runs it: another process, an empty directory, a clean environment."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COMMAND = str(Path(sys.executable).with_name("graphfraud"))
KEY = "ab" * 32
Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(home: Path) -> dict[str, str]:
    """As on a fresh machine: no settings, a pseudonym key."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"HOME": str(home), "GRAPHFRAUD_KEY": KEY, "COLUMNS": "160"}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command in an empty directory; ``ok=False`` lets it fail."""

    def call(*words: str, ok: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [COMMAND, *words],
            cwd=tmp_path,
            env=environment(tmp_path) | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not ok or done.returncode == 0, done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return call


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one JSON document on standard output."""
    found: dict[str, Any] = json.loads(done.stdout)
    return found
