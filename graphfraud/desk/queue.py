"""The queue of alerts: one a target, taken by one person at a time, settled by a verdict.

A settled alert comes back only when a later run knows something material that the
verdict did not: a reason of another code, or a higher severity.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
import sqlalchemy as sa

from graphfraud.desk.labels import Label, add_labels
from graphfraud.desk.tables import ALERTS, NOTES, RUNS
from graphfraud.errors import NotFoundError, TakenError

SEVERITIES: Final = ("low", "medium", "high")
TAKEN_US: Final = 30 * 60 * 1_000_000
"""An alert that was taken and not settled by then is free again."""
NEXT: Final = "next"
"""Stands for the first alert of the queue."""
LABEL_OF: Final[dict[str, str]] = {"confirmed_fraud": "fraud", "not_fraud": "clean"}
"""What a verdict says of each person; ``unsure`` says nothing."""

Verdict = Literal["confirmed_fraud", "not_fraud", "unsure"]
Alert = dict[str, Any]


@dataclass(frozen=True)
class Settling:
    """A verdict: by whom, when (UTC microseconds), and which people it is about."""

    verdict: Verdict
    author: str
    at: int
    text: str
    people: tuple[str, ...]


def alert_id(target_kind: str, target_id: str) -> str:
    """One id a target, the same in every run."""
    return "alert-" + hashlib.sha256(f"{target_kind}\0{target_id}".encode()).hexdigest()[:16]


def knows(connection: sa.Connection, run_id: str) -> bool:
    """Whether the alerts of a run are in the queue."""
    return connection.execute(sa.select(RUNS.c.run_id).where(RUNS.c.run_id == run_id)).first() is not None


def take_in(connection: sa.Connection, run_id: str, as_of: int, rows: Iterable[Mapping[str, Any]]) -> int:
    """Bring the alerts of a run in; how many are new or open again. An older run changes nothing."""
    newest = connection.execute(sa.select(sa.func.max(RUNS.c.as_of))).scalar()
    connection.execute(sa.insert(RUNS).values(run_id=run_id, as_of=as_of))
    if newest is not None and newest > as_of:
        return 0
    known = {(row.target_kind, row.target_id): row for row in connection.execute(sa.select(ALERTS))}
    opened, fresh, changed = 0, [], []
    for (kind, target), found in _by_target(rows).items():
        old = known.get((kind, target))
        if old is None:
            fresh.append(found | {"alert_id": alert_id(kind, target), "run_id": run_id, "state": "open"})
            opened += 1
            continue
        again = old.state == "settled" and _material(old, found)
        opened += again
        state = "open" if again else old.state
        changed.append({"key": old.alert_id, "run_id": run_id, "state": state} | _seen(found))
    if fresh:
        connection.execute(sa.insert(ALERTS), fresh)
    if changed:
        names = [name for name in changed[0] if name != "key"]
        statement = sa.update(ALERTS).where(ALERTS.c.alert_id == sa.bindparam("key"))
        connection.execute(statement.values({name: sa.bindparam(name) for name in names}), changed)
    return opened


def _by_target(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["target_kind"], row["target_id"])
        one = found.setdefault(
            key,
            {
                "target_kind": key[0],
                "target_id": key[1],
                "severity": 0,
                "reasons": [],
                "first_seen_at": row["first_seen_at"],
            },
        )
        one["severity"] = max(one["severity"], SEVERITIES.index(row["severity"]))
        one["reasons"] += [reason for reason in row["reasons"] if reason not in one["reasons"]]
        one["first_seen_at"] = min(one["first_seen_at"], row["first_seen_at"])
    return {key: one | {"reasons": msgspec.json.encode(one["reasons"]).decode()} for key, one in found.items()}


def _seen(found: Mapping[str, Any]) -> dict[str, Any]:
    return {"severity": found["severity"], "reasons": found["reasons"]}


def _material(old: Any, found: Mapping[str, Any]) -> bool:
    """Whether a settled target shows what its verdict did not know."""
    settled = set(msgspec.json.decode(old.settled_codes or "[]"))
    return bool(_codes(found["reasons"]) - settled or found["severity"] > (old.settled_severity or 0))


def _codes(reasons: str) -> set[str]:
    return {reason["code"] for reason in msgspec.json.decode(reasons)}


def queue(
    connection: sa.Connection, *, state: str | None, after: tuple[int, int, str] | None, limit: int, now: int
) -> list[Alert]:
    """Alerts by falling severity, then first sighting, then id; ``after`` is the place of the last one seen."""
    statement = sa.select(ALERTS).order_by(ALERTS.c.severity.desc(), ALERTS.c.first_seen_at, ALERTS.c.alert_id)
    if state is not None:
        statement = statement.where(_in_state(state, now))
    if after is not None:
        place = (-after[0], after[1], after[2])
        here = sa.tuple_(-ALERTS.c.severity, ALERTS.c.first_seen_at, ALERTS.c.alert_id)
        statement = statement.where(here > sa.tuple_(*(sa.literal(part) for part in place)))
    return [told(row, now) for row in connection.execute(statement.limit(limit))]


def one_alert(connection: sa.Connection, wanted: str, now: int) -> Alert:
    """An alert with its notes.

    Raises:
        NotFoundError: there is none of this id.
    """
    row = connection.execute(sa.select(ALERTS).where(ALERTS.c.alert_id == wanted)).first()
    if row is None:
        raise NotFoundError("no such alert", where="the queue", cure="GET /alerts lists them")
    notes = connection.execute(sa.select(NOTES).where(NOTES.c.alert_id == wanted).order_by(NOTES.c.note_id))
    return told(row, now) | {"notes": [_plain(note) for note in notes]}


def take(connection: sa.Connection, wanted: str, *, author: str, now: int) -> Alert:
    """Give an alert, or the next one, to somebody for half an hour; who has it may take it again.

    Raises:
        NotFoundError: there is none, or none is free.
        TakenError: somebody else has it, or it is settled.
    """
    until = now + TAKEN_US
    while True:
        chosen = _first_free(connection, now) if wanted == NEXT else wanted
        free = sa.or_(_in_state("open", now), sa.and_(ALERTS.c.state == "taken", ALERTS.c.taken_by == author))
        statement = sa.update(ALERTS).where(ALERTS.c.alert_id == chosen, free)
        taken = connection.execute(statement.values(state="taken", taken_by=author, taken_until=until))
        if taken.rowcount:
            return one_alert(connection, chosen, now)
        found = one_alert(connection, chosen, now)
        if wanted != NEXT:
            what = "it is settled" if found["state"] == "settled" else f"{found['taken_by']} has it"
            raise TakenError(what, where=chosen, cure="take another one")


def comment(connection: sa.Connection, wanted: str, *, author: str, at: int, text: str) -> Alert:
    """Add a comment to an alert."""
    one_alert(connection, wanted, at)
    connection.execute(sa.insert(NOTES).values(alert_id=wanted, author=author, at=at, text=text))
    return one_alert(connection, wanted, at)


def settle(connection: sa.Connection, wanted: str, settling: Settling) -> Alert:
    """Give a verdict; each of the people gets its label.

    Raises:
        NotFoundError: there is no such alert.
        TakenError: the author has not taken it.
    """
    now, author = settling.at, settling.author
    found = one_alert(connection, wanted, now)
    codes = msgspec.json.encode(sorted({reason["code"] for reason in found["reasons"]})).decode()
    mine = sa.and_(ALERTS.c.state == "taken", ALERTS.c.taken_by == author, ALERTS.c.taken_until > now)
    settled = connection.execute(
        sa.update(ALERTS)
        .where(ALERTS.c.alert_id == wanted, mine)
        .values(
            state="settled",
            taken_until=None,
            settled_severity=SEVERITIES.index(found["severity"]),
            settled_codes=codes,
        )
    )
    if not settled.rowcount:
        raise TakenError("only who has taken an alert may settle it", where=wanted, cure="take it first")
    note = {"alert_id": wanted, "author": author, "at": now, "verdict": settling.verdict, "text": settling.text}
    connection.execute(sa.insert(NOTES).values(note))
    label = LABEL_OF.get(settling.verdict)
    if label is not None:
        case = f"case-{wanted}" if found["target_kind"] == "ring" and label == "fraud" else None
        add_labels(connection, [Label(person, label, now, case, author) for person in settling.people])
    return one_alert(connection, wanted, now)


def told(row: Any, now: int) -> Alert:
    """An alert as people see it; one whose time ran out is open."""
    found = _plain(row)
    lapsed = found["state"] == "taken" and (found["taken_until"] or 0) <= now
    if lapsed or found["state"] == "open":
        found |= {"state": "open", "taken_by": None, "taken_until": None}
    severity, reasons = SEVERITIES[found["severity"]], msgspec.json.decode(found["reasons"])
    return found | {"severity": severity, "reasons": reasons}


def _plain(row: Any) -> dict[str, Any]:
    """A row by plain names; SQLAlchemy's own are a kind of text of their own."""
    return {str(name): value for name, value in row._mapping.items()}


def _in_state(state: str, now: int) -> sa.ColumnElement[bool]:
    lapsed = sa.and_(ALERTS.c.state == "taken", ALERTS.c.taken_until <= now)
    if state == "open":
        return sa.or_(ALERTS.c.state == "open", lapsed)
    return sa.and_(ALERTS.c.state == state, sa.not_(lapsed)) if state == "taken" else ALERTS.c.state == state


def _first_free(connection: sa.Connection, now: int) -> str:
    found = queue(connection, state="open", after=None, limit=1, now=now)
    if not found:
        raise NotFoundError("no alert is free", where="the queue", cure="wait for the next night")
    return str(found[0]["alert_id"])
