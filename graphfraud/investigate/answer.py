"""An answer of the library: plain rows, the same from every store."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from graphfraud.investigate.library import Query

Row = dict[str, Any]


@dataclass(frozen=True)
class Bounds:
    """How long a query may take and how much it may give."""

    seconds: float = 10.0
    rows: int = 10_000


@dataclass(frozen=True)
class Answer:
    """Rows of one query, and what they are rows of; ``cut`` says that there were more."""

    query: Query
    parameters: dict[str, Any]
    place: str
    run_id: str | None
    rows: list[Row]
    cut: bool

    def as_dict(self) -> dict[str, Any]:
        """For a machine; the fields of a query with always one record stand at the top too."""
        only = self.rows[0] if self.query.one else {}
        return {
            "query": self.query.name,
            "place": self.place,
            "run_id": self.run_id,
            "parameters": {name: plain(value) for name, value in self.parameters.items()},
            "cut": self.cut,
            **only,
            "rows": self.rows,
        }


def plain(value: Any) -> Any:
    """A value as JSON has it: times in UTC with Z, no NaN.

    >>> plain(datetime(2026, 1, 31, tzinfo=UTC))
    '2026-01-31T00:00:00Z'
    """
    if hasattr(value, "to_native"):  # times of the driver of Neo4j
        value = value.to_native()
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
