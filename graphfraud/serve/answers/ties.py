"""Shapes of /people/{person_id}/neighbours and /paths."""

from typing import Literal

import msgspec

from graphfraud.serve.answers.common import Identity

TieType = Literal[
    "phone", "card", "address", "national_id", "email", "device", "ip", "friend", "contact", "guarantee", "payment"
]


class Neighbour(msgspec.Struct, frozen=True):
    """Somebody tied to the person, how strongly (higher is rarer), and by what."""

    person_id: str
    weight: float
    types: list[TieType]


class Neighbours(Identity, frozen=True, kw_only=True):
    """Neighbours by falling weight, then id; ``next`` continues the list as ``after``, null at its end."""

    as_of: str
    person_id: str
    neighbours: list[Neighbour]
    next: str | None


class Step(msgspec.Struct, frozen=True):
    """One tie of a path."""

    from_id: str
    to_id: str
    weight: float
    types: list[TieType]


class Path(msgspec.Struct, frozen=True):
    """A way from one person to another; its cost is the sum of the inverse weights."""

    cost: float
    steps: list[Step]


class Paths(Identity, frozen=True, kw_only=True):
    """Ways by rising cost, no two over one tie; ``complete`` is false where the search stopped at its bound."""

    as_of: str
    paths: list[Path]
    complete: bool
