"""An answer of the library: plain rows, the same from every store."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from graphfraud.investigate.library import Query
from graphfraud.investigate.parameters import Kind

Row = dict[str, Any]
PEOPLE_COLUMNS: Final = ("person_id", "payer_id", "payee_id", "reporter_id", "people", "members", "with")
"""Columns that name people; that a merchant or a phone is taken for one too does no harm in an audit log."""


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

    @property
    def people(self) -> tuple[str, ...]:
        """Ids of the people whom the answer names, those asked about first, each once."""
        asked = [self.parameters[part.name] for part in self.query.parameters if part.kind is Kind.PERSON]
        named = [person for row in self.rows for person in people_of(row)]
        return tuple(dict.fromkeys(person for person in (*asked, *named) if person is not None))

    @property
    def about(self) -> str:
        """The query and what else but people it was asked about, as in ``ring_members ring_id=ring-1``."""
        asked = [part.name for part in self.query.parameters if part.kind in (Kind.RING, Kind.MERCHANT)]
        given = [f"{name}={self.parameters[name]}" for name in asked if self.parameters[name] is not None]
        return " ".join([self.query.name, *given])

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


def people_of(row: Row) -> list[str]:
    """Ids of the people whom a row names, and of some things.

    >>> people_of({"label": "Person", "id": "ben", "people": 2})
    ['ben']
    >>> people_of({"links": 2, "way": ["anna", "HAS_PHONE", "Phone:X", "HAS_PHONE", "ben"]})
    ['anna', 'Phone:X', 'ben']
    """
    found = [row.get(name) for name in PEOPLE_COLUMNS]
    if row.get("label") == "Person" or str(row.get("what", "")).endswith("a ring"):
        found.append(row.get("id"))
    found.append(row.get("way", [])[::2])
    return [one for value in found for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


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
