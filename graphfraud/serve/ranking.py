"""GET /rings and GET /rings/{ring_id}: the ranked list, page by page, and one ring with its evidence."""

from typing import Final

import msgspec

from graphfraud.errors import NotFoundError
from graphfraud.schema import RING_KINDS
from graphfraud.serve.answers import RINGS_LIMIT, Evidence, Member, Ring, RingDetail, Rings
from graphfraud.serve.exchange import Answer, Call
from graphfraud.serve.question import choice, cursor_of, cursor_text, number, whole_number
from graphfraud.serve.scores import identity
from graphfraud.serve.view import NO_ROW, RunView

PAGE: Final = 50
CURSOR: Final = r"[0-9]{1,3}(\.[0-9]{1,30})?(e-[0-9]{1,2})?~[^\x00]{1,128}"
"""Score and id of a ring."""


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The last ring of a page; it keeps its meaning in the next run."""

    score: float
    ring_id: str


def rings(view: RunView, call: Call) -> Answer:
    """Rings by falling score, then id, from the cursor on."""
    kind = choice(call.query, "kind", RING_KINDS, "kind of ring")
    limit = whole_number(call.query, "limit", default=PAGE, low=1, high=RINGS_LIMIT)
    after = cursor_of(call, _Cursor, CURSOR)
    start = view.ranking.place(after.score, after.ring_id) if after is not None else 0
    min_score = number(call.query, "min_score", default=0.0, low=0.0, high=1.0)
    ranks = view.ranking.ranked(kind=kind, min_score=min_score, after=start, limit=limit + 1)
    page = [view.ranking.ring(rank) for rank in ranks[:limit]]
    content = Rings(
        **identity(view),
        rings=[msgspec.convert(ring, Ring) for ring in page],
        next=cursor_text(_Cursor(page[-1]["score"], page[-1]["ring_id"])) if len(ranks) > limit else None,
    )
    return Answer(msgspec.json.encode(content))


def one_ring(view: RunView, call: Call) -> Answer:
    """One ring: members with their roles, the links that speak for it, the reasons."""
    row = view.ranking.row(call.path_id)
    if row == NO_ROW:
        raise NotFoundError("no such ring", where=f"run {view.run_id}", cure="GET /rings lists them")
    ring = view.ranking.ring(row)
    members = view.ranking.members_of(ring)
    rows = view.people.rows([member["person_id"] for member in members])
    content = RingDetail(
        **identity(view),
        **{name: getattr(msgspec.convert(ring, Ring), name) for name in Ring.__struct_fields__},
        members=[msgspec.convert(member, Member) for member in members],
        evidence=[msgspec.convert(link, Evidence) for link in view.ranking.evidence_of(ring)],
    )
    return Answer(msgspec.json.encode(content), read=view.read_of_all(rows))
