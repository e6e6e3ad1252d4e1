"""What answers of several routes share: limits, ids, the identity of a run, reasons, problems."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

PEOPLE_LIMIT = 1_000
"""People that one question may name."""
ID_LIMIT = 128
TEXT_LIMIT = 1_000
PersonStatus = Literal["present", "missing", "unknown_person", "withheld"]
PersonId = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LIMIT)]
SomeText = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LIMIT, pattern=r"[^\x00-\x20\x7f-\xa0]")]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Which run, which snapshot and which model an answer comes from."""

    run_id: str
    snapshot_digest: str
    model_version: str


class Reason(msgspec.Struct, frozen=True):
    """Why, in words."""

    code: str
    zh: str
    en: str


Text = Annotated[str, msgspec.Meta(max_length=TEXT_LIMIT)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LIMIT)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457: what went wrong, where, and the cure; ``near`` lists names like the one not known."""

    type: str
    title: str
    status: int
    detail: str
    where: str = ""
    cure: str = ""
    near: list[str] = []
