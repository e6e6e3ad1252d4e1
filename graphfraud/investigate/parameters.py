"""Parameters of a library query: what each may be, and how a word of a user becomes a value.

A declaration is one line of a header: ``$name kind = default; meaning``. Kinds: an entity
(``person``, ``ring``, ``merchant``), which must exist; ``text``; ``choice(a, b)``;
``integer 1..10``; ``number 0..1``; ``time``. The default ``null`` stands for no limit.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from graphfraud.errors import UnprocessableError, UsageError

ID_LIMIT: Final = 128
"""Characters of the longest id, and of the longest text."""


class Kind(StrEnum):
    """What a parameter is."""

    PERSON = "person"
    RING = "ring"
    MERCHANT = "merchant"
    TEXT = "text"
    CHOICE = "choice"
    INTEGER = "integer"
    NUMBER = "number"
    TIME = "time"


ENTITIES: Final = (Kind.PERSON, Kind.RING, Kind.MERCHANT)
"""Kinds whose value must be there, or the question has no answer."""
_DECLARATION: Final = re.compile(
    r"\$(?P<name>\w+) (?P<kind>\w+)(?:\((?P<choices>[^)]*)\))?(?: (?P<low>[\d.]+?)\.\.(?P<high>[\d.]+))?"
    r"(?: = (?P<default>\S+))?; (?P<meaning>.+)"
)


@dataclass(frozen=True)
class Parameter:
    """One parameter; without a default it must be given."""

    name: str
    kind: Kind
    meaning: str
    required: bool
    default: Any = None
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What a value may be, in words.

        >>> Parameter("limit", Kind.INTEGER, "rows", False, 10, 1, 1000).allowed
        'a whole number from 1 to 1000'
        """
        if self.kind is Kind.CHOICE:
            return "one of " + ", ".join(self.choices)
        if self.kind is Kind.TIME:
            return "a time such as 2026-01-31T13:45:00Z"
        if self.kind in (Kind.INTEGER, Kind.NUMBER):
            return f"a {'whole ' * (self.kind is Kind.INTEGER)}number from {self.low:g} to {self.high:g}"
        return f"1 to {ID_LIMIT} characters"

    def value(self, given: Any) -> Any:
        """The value of what was given, as text or as JSON has it.

        Raises:
            UnprocessableError: it is not what the parameter may be.
        """
        if given is None or given == "":
            return self._absent()
        found = self._parsed(given)
        if found is None:
            raise UnprocessableError(
                f"parameter {self.name} is not {self.allowed}", where=str(given)[:ID_LIMIT], cure="correct it"
            )
        return found

    def _absent(self) -> Any:
        if self.required:
            raise UnprocessableError(
                f"parameter {self.name} is missing", where=self.meaning, cure=f"give --param {self.name}=VALUE"
            )
        return self.default

    def _parsed(self, given: Any) -> Any:
        if self.kind is Kind.TIME:
            return _time(given)
        if self.kind in (Kind.INTEGER, Kind.NUMBER):
            return self._number(given)
        if not isinstance(given, str) or not 1 <= len(given) <= ID_LIMIT or "\0" in given:
            return None
        return given if self.kind is not Kind.CHOICE or given in self.choices else None

    def _number(self, given: Any) -> int | float | None:
        if isinstance(given, bool):
            return None
        try:
            found = float(given)
        except (TypeError, ValueError):
            return None
        if not self.low <= found <= self.high or (self.kind is Kind.INTEGER and found != int(found)):
            return None
        return int(found) if self.kind is Kind.INTEGER else found


def declared(line: str, *, where: str) -> Parameter:
    """The parameter that a line of a header declares.

    >>> declared("$limit integer 1..1000 = 50; rows at most", where="doc").default
    50
    """
    found = _DECLARATION.fullmatch(line.strip())
    if found is None or found["kind"] not in list(Kind):
        raise UsageError(f"no parameter is declared by {line.strip()!r}", where=where, cure="$name kind; meaning")
    default = found["default"]
    bare = Parameter(
        name=found["name"],
        kind=Kind(found["kind"]),
        meaning=found["meaning"],
        required=default is None,
        low=float(found["low"]) if found["low"] else -math.inf,
        high=float(found["high"]) if found["high"] else math.inf,
        choices=tuple(word.strip() for word in found["choices"].split(",")) if found["choices"] else (),
    )
    if default in (None, "null"):
        return bare
    value = bare.value(default)
    return Parameter(bare.name, bare.kind, bare.meaning, False, value, bare.low, bare.high, bare.choices)


def bound(parameters: tuple[Parameter, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """A value for each parameter from what was given.

    Raises:
        UnprocessableError: a word that is no parameter, a required one that is missing, a value that may not be.
    """
    names = tuple(parameter.name for parameter in parameters)
    for name in given:
        if name not in names:
            raise UnprocessableError(
                "no such parameter", where=name[:ID_LIMIT], cure=f"choose from {', '.join(names)}", near=names
            )
    return {parameter.name: parameter.value(given.get(parameter.name)) for parameter in parameters}


def _time(given: Any) -> datetime | None:
    if isinstance(given, datetime):
        return given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)
    try:
        found = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
