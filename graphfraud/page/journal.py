"""What the page writes down: who looked at whom, and what was decided about an alert.

Both are protocols, so that the page can share the books of the service; these two keep
a file each, one JSON object a line, appended and flushed to disk before the page answers.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from graphfraud.errors import UsageError

VERDICTS: Final = ("fraud", "clean", "unclear")


class Audit(Protocol):
    """Notes every look at a person."""

    def look(self, who: str, what: str, about: str, *, run: str) -> None:
        """Write one line; it returns when the line is on the disk."""
        ...

    def of(self, about: str, *, limit: int = 20) -> list[dict[str, Any]]:
        """The newest lines about somebody or something, the newest first."""
        ...


class Verdicts(Protocol):
    """Keeps who has an alert and what was decided."""

    def states(self) -> dict[str, dict[str, Any]]:
        """The newest line of each alert."""
        ...

    def take(self, alert_id: str, who: str) -> None:
        """Somebody works on an alert from now on."""
        ...

    def settle(self, alert_id: str, who: str, verdict: str, note: str) -> None:
        """Somebody has decided, and says why."""
        ...


@dataclass(frozen=True)
class AuditFile:
    """An audit in a file that only its owner can read."""

    path: Path

    def look(self, who: str, what: str, about: str, *, run: str) -> None:
        """Append one line."""
        _append(self.path, {"who": who, "what": what, "about": about, "run": run})

    def of(self, about: str, *, limit: int = 20) -> list[dict[str, Any]]:
        """Lines about one thing, the newest first."""
        found = [line for line in _lines(self.path) if line["about"] == about]
        return found[::-1][:limit]


@dataclass(frozen=True)
class VerdictFile:
    """Verdicts in a file that only its owner can read; nothing is ever changed in it."""

    path: Path

    def states(self) -> dict[str, dict[str, Any]]:
        """The newest line of each alert."""
        return {line["alert_id"]: line for line in _lines(self.path)}

    def take(self, alert_id: str, who: str) -> None:
        """Append that somebody has it."""
        _append(self.path, {"alert_id": alert_id, "who": who, "state": "taken", "note": ""})

    def settle(self, alert_id: str, who: str, verdict: str, note: str) -> None:
        """Append a verdict.

        Raises:
            UsageError: it is no verdict, or nobody says why.
        """
        if verdict not in VERDICTS or not note.strip():
            raise UsageError("a verdict needs a reason", where=alert_id, cure=f"one of {', '.join(VERDICTS)}, and why")
        _append(self.path, {"alert_id": alert_id, "who": who, "state": verdict, "note": note.strip()[:2000]})


def _append(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds")} | content, ensure_ascii=False) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open(encoding="utf-8") as file:
            yield from (json.loads(line) for line in file if line.endswith("\n"))
