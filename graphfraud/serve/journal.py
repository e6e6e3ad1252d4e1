"""What the service says of itself: one JSON object a line on standard error, never about a person."""

import json
import logging
from datetime import UTC, datetime
from typing import Final

ROOT: Final = "graphfraud"


class JsonLines(logging.Formatter):
    """Time, level, where, what. Messages of ours name routes, files and kinds of errors only."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return json.dumps(
            {
                "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(),
                "where": record.name,
                "process": record.process,
                "what": record.getMessage(),
            },
            ensure_ascii=False,
        )


def log_as_json() -> None:
    """Let all of graphfraud log this way, in this process."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    ours = logging.getLogger(ROOT)
    ours.handlers, ours.propagate = [handler], False
    ours.setLevel(logging.INFO)
