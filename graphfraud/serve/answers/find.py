"""Shapes of /find."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from graphfraud.serve.answers.common import Identity, SomeText

VALUE_LIMIT = 4_000
IdentifierKind = Literal["phone", "card", "address", "national_id", "email"]


class FindQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An identifier as people write it, and what for; the value is hashed and kept nowhere."""

    kind: IdentifierKind
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=VALUE_LIMIT)]
    purpose: SomeText


class Found(msgspec.Struct, frozen=True):
    """Somebody who has or had the identifier."""

    person_id: str
    since: datetime | None
    until: datetime | None


class FoundPeople(Identity, frozen=True, kw_only=True):
    """The people behind an identifier, by id."""

    as_of: str
    kind: IdentifierKind
    people: list[Found]
