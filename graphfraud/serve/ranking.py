"""GET /rings and GET /rings/{ring_id}: the ranked list, page by page, and one ring with its evidence."""

import base64
import binascii
import math
from typing import Final

import msgspec

from graphfraud.errors import NotFoundError, UnprocessableError
from graphfraud.schema import RING_KINDS
from graphfraud.serve.answers import ID_LIMIT, RINGS_LIMIT, Evidence, Member, Ring, RingDetail, Rings
from graphfraud.serve.exchange import Answer, Call
from graphfraud.serve.problems import unknown_name
from graphfraud.serve.question import number
from graphfraud.serve.scores import identity
from graphfraud.serve.view import NO_ROW, Row, RunView

PAGE: Final = 50


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The last ring of a page; it keeps its meaning in the next run."""

    score: float
    ring_id: str


def rings(view: RunView, call: Call) -> Answer:
    """Rings by falling score, then id, from the cursor on."""
    kind = call.query.get("kind")
    if kind is not None and kind not in RING_KINDS:
        raise unknown_name("kind of ring", kind[:ID_LIMIT], RING_KINDS, "query")
    limit = _limit(call)
    after = call.query.get("after")
    start = 0
    if after is not None:
        cursor = _read_cursor(after)
        start = view.ranking.place(cursor.score, cursor.ring_id)
    min_score = number(call.query, "min_score", default=0.0, low=0.0, high=1.0)
    ranks = view.ranking.ranked(kind=kind, min_score=min_score, after=start, limit=limit + 1)
    page = [view.ranking.ring(rank) for rank in ranks[:limit]]
    content = Rings(
        **identity(view),
        rings=[msgspec.convert(ring, Ring) for ring in page],
        next=_write_cursor(page[-1]) if len(ranks) > limit else None,
    )
    return Answer(msgspec.json.encode(content))


def one_ring(view: RunView, call: Call) -> Answer:
    """One ring: members with their roles, the links that speak for it, the reasons."""
    row = view.ranking.row(call.path_id)
    if row == NO_ROW:
        raise NotFoundError("no such ring", where=f"run {view.run_id}", cure="GET /rings lists them")
    ring = view.ranking.ring(row)
    content = RingDetail(
        **identity(view),
        **{name: getattr(msgspec.convert(ring, Ring), name) for name in Ring.__struct_fields__},
        members=[msgspec.convert(member, Member) for member in view.ranking.members_of(ring)],
        evidence=[msgspec.convert(link, Evidence) for link in view.ranking.evidence_of(ring)],
    )
    return Answer(msgspec.json.encode(content))


def _limit(call: Call) -> int:
    limit = number(call.query, "limit", default=PAGE, low=1, high=RINGS_LIMIT)
    if limit != int(limit):
        raise UnprocessableError("limit is not a whole number", where="query", cure="correct it")
    return int(limit)


def _write_cursor(ring: Row) -> str:
    content = msgspec.json.encode(_Cursor(ring["score"], ring["ring_id"]))
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _read_cursor(text: str) -> _Cursor:
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = msgspec.json.decode(content, type=_Cursor)
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise UnprocessableError("no such cursor", where="after", cure="use next of the page before") from error
    if not math.isfinite(cursor.score):
        raise UnprocessableError("no such cursor", where="after", cure="use next of the page before")
    return cursor
