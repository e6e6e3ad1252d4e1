"""GET and POST /scores: what was decided about a person."""

from typing import Any

import msgspec

from graphfraud.errors import NotFoundError
from graphfraud.serve.answers import PeopleScores, PersonScore, Score, ScoreQuestion
from graphfraud.serve.exchange import Answer, Call
from graphfraud.serve.question import decode
from graphfraud.serve.view import NO_ROW, Row, Rows, RunView

PARTS = ("social", "payment", "credit", "device")


def score_of_one(view: RunView, call: Call) -> Answer:
    """One person's score, with its parts and reasons."""
    (found,) = view.scores_of(known_row(view, call.path_id))
    content = {**identity(view), **_score(call.path_id, found)}
    return Answer(msgspec.json.encode(msgspec.convert(content, PersonScore)))


def scores_of_many(view: RunView, call: Call) -> Answer:
    """Many people's scores in the order asked."""
    person_ids = decode(call.body, ScoreQuestion).person_ids
    rows = view.people.rows(person_ids)
    found = iter(view.scores_of(rows[rows != NO_ROW]))
    people = [
        _score(person_id, next(found)) if row != NO_ROW else {"person_id": person_id, "status": "unknown_person"}
        for person_id, row in zip(person_ids, rows.tolist(), strict=True)
    ]
    return Answer(msgspec.json.encode(PeopleScores(**identity(view), people=msgspec.convert(people, list[Score]))))


def identity(view: RunView) -> dict[str, Any]:
    """The head of every answer that comes from a run."""
    return {
        "run_id": view.run_id,
        "snapshot_digest": view.snapshot_digest,
        "model_version": view.model_version,
        "as_of": view.as_of_text,
    }


def known_row(view: RunView, person_id: str) -> Rows:
    """Row of a person, as the only one.

    Raises:
        NotFoundError: the run does not know them.
    """
    rows = view.people.rows([person_id])
    if rows[0] == NO_ROW:
        raise NotFoundError("no such person", where=f"run {view.run_id}", cure="check the id")
    return rows


def _score(person_id: str, found: Row | None) -> dict[str, Any]:
    if found is None:
        return {"person_id": person_id, "status": "missing"}
    parts = {name: found[name] for name in PARTS}
    return {**found, "person_id": person_id, "status": "present", "parts": parts}
