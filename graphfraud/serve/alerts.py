"""GET /alerts and what people do with them: take, comment, settle; labels and lists."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec
import numpy as np
import pyarrow.parquet as pq

from graphfraud.desk import labels as desk_labels
from graphfraud.desk import queue
from graphfraud.errors import StoreError, UnprocessableError
from graphfraud.publish.serving import person_token
from graphfraud.serve.answers import (
    ALERT_STATES,
    ID_LIMIT,
    Alert,
    AlertDetail,
    Alerts,
    CommentQuestion,
    Labelled,
    LabelsQuestion,
    Listed,
    ListQuestion,
    TakeQuestion,
    VerdictQuestion,
)
from graphfraud.serve.exchange import Answer, Call, Read
from graphfraud.serve.operation import Service
from graphfraud.serve.problems import unknown_name
from graphfraud.serve.question import cursor_of, cursor_text, decode, whole_number
from graphfraud.serve.view import NO_ROW, RunView

PAGE: Final = 50
MOST: Final = 1_000
MOMENTS: Final = ("first_seen_at", "taken_until", "at")
Result = TypeVar("Result")


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The last alert of a page."""

    severity: int
    first_seen_at: int
    alert_id: str


def alerts(service: Service, call: Call) -> Answer:
    """The queue, the gravest first, page by page."""
    state = call.query.get("state")
    if state is not None and state not in ALERT_STATES:
        raise unknown_name("state of alerts", state[:ID_LIMIT], ALERT_STATES, "query")
    limit = whole_number(call.query, "limit", default=PAGE, low=1, high=MOST)
    after = cursor_of(call, _Cursor)
    place = (after.severity, after.first_seen_at, after.alert_id) if after is not None else None
    view = service.current.view()
    found = _work(service, view, lambda c, now: queue.queue(c, state=state, after=place, limit=limit + 1, now=now))
    page = found[:limit]
    following = None
    if len(found) > limit:
        last = page[-1]
        severity = queue.SEVERITIES.index(last["severity"])
        following = cursor_text(_Cursor(severity, last["first_seen_at"], last["alert_id"]))
    content = Alerts(run_id=view.run_id, alerts=[msgspec.convert(_told(one), Alert) for one in page], next=following)
    return Answer(msgspec.json.encode(content), read=_read(view, page))


def one_alert(service: Service, call: Call) -> Answer:
    """One alert with its notes."""
    return _detail(service, lambda c, now: queue.one_alert(c, call.path_id, now))


def take(service: Service, call: Call) -> Answer:
    """Take an alert, or the next free one, for half an hour."""
    decode(call.body or b"{}", TakeQuestion)
    return _detail(service, lambda c, now: queue.take(c, call.path_id, author=call.caller.name, now=now))


def comment(service: Service, call: Call) -> Answer:
    """Add a comment."""
    text, author = decode(call.body, CommentQuestion).text, call.caller.name
    return _detail(service, lambda c, now: queue.comment(c, call.path_id, author=author, at=now, text=text))


def verdict(service: Service, call: Call) -> Answer:
    """Settle an alert that the caller has taken; its people get their labels."""
    question, view = decode(call.body, VerdictQuestion), service.current.view()

    def settle(connection: Any, now: int) -> queue.Alert:
        people = _people(view, queue.one_alert(connection, call.path_id, now))
        settling = queue.Settling(question.verdict, call.caller.name, now, question.comment, people)
        return queue.settle(connection, call.path_id, settling)

    return _detail(service, settle, more=question.verdict)


def give_labels(service: Service, call: Call) -> Answer:
    """Label people; a label without a time is from now."""
    asked, view = decode(call.body, LabelsQuestion).labels, service.current.view()
    unknown = np.flatnonzero(view.people.rows([one.person_id for one in asked]) == NO_ROW)
    if len(unknown):
        raise UnprocessableError(f"labels[{unknown[0]}] names nobody of the run", where="body", cure="check the id")

    def keep(connection: Any, now: int) -> None:
        given = [
            desk_labels.Label(
                one.person_id, one.label, min(_us(one.at), now) if one.at else now, one.ring_id, call.caller.name
            )
            for one in asked
        ]
        desk_labels.add_labels(connection, given)

    _work(service, view, keep)
    tokens = "".join(person_token(one.person_id).hex() for one in asked)
    return Answer(msgspec.json.encode(Labelled(len(asked))), read=Read(view.run_id, tokens))


def put_on_list(service: Service, call: Call) -> Answer:
    """Put somebody or something on a list, or change its entry; the next night knows it."""
    asked, view = decode(call.body, ListQuestion), service.current.view()

    def keep(connection: Any, now: int) -> None:
        until = _us(asked.until) if asked.until else None
        if until is not None and until <= now:
            raise UnprocessableError("until is over already", where="body", cure="give a later time")
        what = (asked.list, asked.target_kind, asked.target_id, asked.reason)
        desk_labels.add_listing(connection, desk_labels.Listing(*what, now, until, call.caller.name))

    _work(service, view, keep)
    tokens = person_token(asked.target_id).hex() if asked.target_kind == "person" else ""
    content = Listed(asked.list, asked.target_kind, asked.target_id)
    return Answer(msgspec.json.encode(content), read=Read(view.run_id, tokens, more=asked.list))


def _work(service: Service, view: RunView, task: Callable[[Any, int], Result]) -> Result:
    """Do a task on a queue that knows the alerts of the run."""
    if service.desk is None:
        raise StoreError("the service has no desk", cure="start it with --state")

    def in_step(connection: Any, now: int) -> Result:
        if not queue.knows(connection, view.run_id):
            path = service.current.runs / view.run_id / "alerts.parquet"
            rows = [_row(row) for row in pq.read_table(path).to_pylist()] if path.exists() else []
            queue.take_in(connection, view.run_id, int(view.as_of.timestamp() * 1_000_000), rows)
        return task(connection, now)

    return service.desk.work(in_step)


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "first_seen_at": _us(row["first_seen_at"])}


def _detail(service: Service, task: Callable[[Any, int], queue.Alert], *, more: str = "") -> Answer:
    view = service.current.view()
    found = _work(service, view, task)
    content = msgspec.convert(_told(found) | {"notes": [_told(note) for note in found["notes"]]}, AlertDetail)
    read = _read(view, [found])
    return Answer(msgspec.json.encode(content), read=Read(read.run_id, read.tokens, more=more))


def _told(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _moment(value) if name in MOMENTS else value for name, value in found.items()}


def _people(view: RunView, alert: Mapping[str, Any]) -> tuple[str, ...]:
    """The people whom an alert is about: its target, or the members of its ring in the current run."""
    if alert["target_kind"] == "person":
        return (alert["target_id"],)
    row = view.ranking.row(alert["target_id"])
    if row == NO_ROW:
        return ()
    return tuple(member["person_id"] for member in view.ranking.members_of(view.ranking.ring(row)))


def _read(view: RunView, found: list[queue.Alert]) -> Read:
    people = [one["target_id"] for one in found if one["target_kind"] == "person"]
    return Read(view.run_id, "".join(person_token(person).hex() for person in people))


def _moment(us: int | None) -> datetime | None:
    return None if us is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def _us(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
