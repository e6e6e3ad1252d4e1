"""GET /alerts and what people do with them: take, comment, settle; labels and lists."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from graphfraud.desk import queue
from graphfraud.errors import StoreError
from graphfraud.moments import moment
from graphfraud.publish.serving import person_tokens
from graphfraud.serve.answers import (
    ALERT_STATES,
    QUEUE_CURSOR,
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
from graphfraud.serve.casework import Casework, people_of
from graphfraud.serve.exchange import Answer, Call, Read
from graphfraud.serve.operation import Service
from graphfraud.serve.question import choice, cursor_of, cursor_text, decode, whole_number
from graphfraud.serve.view import RunView

PAGE: Final = 50
MOST: Final = 1_000
MOMENTS: Final = ("first_seen_at", "taken_until", "at")


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The last alert of a page."""

    severity: int
    first_seen_at: int
    alert_id: str


def alerts(service: Service, call: Call) -> Answer:
    """The queue, the gravest first, page by page."""
    state = choice(call.query, "state", ALERT_STATES, "state of alerts")
    limit = whole_number(call.query, "limit", default=PAGE, low=1, high=MOST)
    after = cursor_of(call, _Cursor, QUEUE_CURSOR)
    place = (after.severity, after.first_seen_at, after.alert_id) if after is not None else None
    view = service.current.view()
    found = _casework(service).alerts(view, state=state, after=place, limit=limit + 1)
    page = found[:limit]
    following = None
    if len(found) > limit:
        last = page[-1]
        severity = queue.SEVERITIES.index(last["severity"])
        following = cursor_text(_Cursor(severity, last["first_seen_at"], last["alert_id"]))
    content = Alerts(run_id=view.run_id, alerts=[msgspec.convert(_told(one), Alert) for one in page], next=following)
    return Answer(msgspec.json.encode(content), read=Read(view.run_id, person_tokens(_targets(page))))


def one_alert(service: Service, call: Call) -> Answer:
    """One alert with its notes."""
    view = service.current.view()
    return _detail(view, _casework(service).alert(view, call.path_id))


def take(service: Service, call: Call) -> Answer:
    """Take an alert, or the next free one, for half an hour."""
    decode(call.body or b"{}", TakeQuestion)
    view = service.current.view()
    return _detail(view, _casework(service).take(view, call.path_id, author=call.caller.name))


def comment(service: Service, call: Call) -> Answer:
    """Add a comment."""
    text, view = decode(call.body, CommentQuestion).text, service.current.view()
    return _detail(view, _casework(service).comment(view, call.path_id, author=call.caller.name, text=text))


def verdict(service: Service, call: Call) -> Answer:
    """Settle an alert that the caller has taken; its people get their labels."""
    asked, view = decode(call.body, VerdictQuestion), service.current.view()
    author = call.caller.name
    found = _casework(service).settle(view, call.path_id, asked.verdict, author=author, text=asked.comment)
    return _detail(view, found, people=people_of(view, found), more=asked.verdict)


def give_labels(service: Service, call: Call) -> Answer:
    """Label people; a label without a time is from now."""
    asked, view = decode(call.body, LabelsQuestion).labels, service.current.view()
    _casework(service).label(view, asked, author=call.caller.name)
    people = tuple(one.person_id for one in asked)
    return Answer(msgspec.json.encode(Labelled(len(asked))), read=Read(view.run_id, person_tokens(people)))


def put_on_list(service: Service, call: Call) -> Answer:
    """Put somebody or something on a list, or change its entry; the next night knows it.

    An entry whose ``until`` is over is in force no more: so somebody is taken off.
    """
    asked, view = decode(call.body, ListQuestion), service.current.view()
    _casework(service).put_on_list(view, asked, author=call.caller.name)
    people = (asked.target_id,) if asked.target_kind == "person" else ()
    content = Listed(asked.list, asked.target_kind, asked.target_id)
    return Answer(msgspec.json.encode(content), read=Read(view.run_id, person_tokens(people), more=asked.list))


def _casework(service: Service) -> Casework:
    if service.desk is None:
        raise StoreError("the service has no desk", cure="start it with --state")
    return Casework(service.desk, service.current.runs)


def _detail(view: RunView, found: queue.Alert, *, people: tuple[str, ...] | None = None, more: str = "") -> Answer:
    content = msgspec.convert(_told(found) | {"notes": [_told(note) for note in found["notes"]]}, AlertDetail)
    shown = _targets([found]) if people is None else people
    return Answer(msgspec.json.encode(content), read=Read(view.run_id, person_tokens(shown), more=more))


def _told(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if value is None or name not in MOMENTS else moment(value) for name, value in found.items()}


def _targets(found: list[queue.Alert]) -> tuple[str, ...]:
    """The people among the targets of alerts."""
    return tuple(one["target_id"] for one in found if one["target_kind"] == "person")
