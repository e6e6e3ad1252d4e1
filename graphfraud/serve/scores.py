"""GET and POST /scores: what was decided about a person."""

from typing import Any

import msgspec
import numpy as np

from graphfraud.serve.answers import PeopleScores, PersonScore, Score, ScoreQuestion
from graphfraud.serve.exchange import Answer, Call
from graphfraud.serve.person import known_row
from graphfraud.serve.question import decode
from graphfraud.serve.view import NO_ROW, Row, RunView

PARTS = ("social", "payment", "credit", "device")


def score_of_one(view: RunView, call: Call) -> Answer:
    """One person's score, with its parts, its reasons and what they rest on."""
    row = known_row(view, call)
    (found,) = view.scores_of(np.array([row]))
    grounds = view.grounds_of(row)
    told = _score(call.path_id, found)
    told["reasons"] = [reason | {"evidence": grounds.get(reason["code"], [])} for reason in told.get("reasons", [])]
    parties = [link["party_id"] for links in grounds.values() for link in links if link["party_label"] == "Person"]
    content = msgspec.convert({**identity(view), **told}, PersonScore)
    shown = np.array([row, *view.people.rows(parties).tolist()])
    return Answer(msgspec.json.encode(content), read=view.read_of_all(shown))


def scores_of_many(view: RunView, call: Call) -> Answer:
    """Many people's scores in the order asked."""
    person_ids = decode(call.body, ScoreQuestion).person_ids
    rows = view.people.rows(person_ids)
    withheld = view.withheld(rows, call.caller.consent)
    shown = rows if withheld is None else np.where(withheld, NO_ROW, rows)
    found = iter(view.scores_of(shown[shown != NO_ROW]))
    people = [
        _score(person_id, next(found))
        if row != NO_ROW
        else {"person_id": person_id, "status": "unknown_person" if known == NO_ROW else "withheld"}
        for person_id, row, known in zip(person_ids, shown.tolist(), rows.tolist(), strict=True)
    ]
    content = PeopleScores(**identity(view), people=msgspec.convert(people, list[Score]))
    return Answer(msgspec.json.encode(content), read=view.read_of_all(shown))


def identity(view: RunView) -> dict[str, Any]:
    """The head of every answer that comes from a run."""
    return {
        "run_id": view.run_id,
        "snapshot_digest": view.snapshot_digest,
        "model_version": view.model_version,
        "as_of": view.as_of_text,
    }


def _score(person_id: str, found: Row | None) -> dict[str, Any]:
    if found is None:
        return {"person_id": person_id, "status": "missing"}
    parts = {name: found[name] for name in PARTS}
    return {**found, "person_id": person_id, "status": "present", "parts": parts}
