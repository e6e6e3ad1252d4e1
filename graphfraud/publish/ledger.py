"""Decisions as they were made, kept beside the runs: added to, never changed, synced before anybody hears of them.

One SQLite file in write-ahead mode. A batch of requests is one transaction and one sync; the
lock makes writers of several processes take turns, so that what one request counts (payments
within ten minutes) no other can slip past. Cards and rules lie beside, once each, by digest:
replaying a decision needs nothing but this file.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from graphfraud.errors import NotFoundError, RefusedError, StoreError
from graphfraud.moments import epoch_us
from graphfraud.queries import sql
from graphfraud.score.card import parsed
from graphfraud.score.decision import Decision, decide
from graphfraud.score.entries import Card
from graphfraud.score.request import Application, Case, Payment, Recent, Request, just_below
from graphfraud.score.rules import RULES, Rule, as_text, digest, from_text
from graphfraud.write_ahead import write_ahead

FOLDER: Final = "decisions"
FILE: Final = "decisions.sqlite"
MINUTE_US: Final = 60_000_000
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US
WAIT_S: Final = 10.0
STAGE: Final = "publish"


@dataclass(frozen=True)
class Recorded:
    """A decision with its id, as it was answered; ``repeated``: the same request had been decided before."""

    decision_id: str
    answer: bytes
    repeated: bool = False


@dataclass(frozen=True)
class Kept:
    """A decision as it was answered: when it was asked for (UTC microseconds), about how much money, the answer."""

    at_us: int
    amount: float
    answer: dict[str, Any]


@dataclass(frozen=True)
class Replayed:
    """A decision made again: what was answered, what comes out now, and whether they are the same bytes."""

    decision_id: str
    then: bytes
    now: bytes

    @property
    def same(self) -> bool:
        """Whether every byte agrees."""
        return self.then == self.now


class Ledger:
    """The decisions of one directory of runs; one object a thread."""

    def __init__(self, home: Path) -> None:
        self.path = home / FOLDER / FILE
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = sqlite3.connect(self.path, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
            write_ahead(self._database, wait_s=WAIT_S)
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.executescript(sql(STAGE, "decision_tables"))
        except sqlite3.Error as error:
            raise _broken(self.path, error) from error
        self._kept: set[str] = set()

    def close(self) -> None:
        """Release the file."""
        self._database.close()

    def record(
        self, requests: Sequence[tuple[Request, Callable[[Recent], Case], Card]], *, rules: tuple[Rule, ...] = RULES
    ) -> list[Recorded | RefusedError]:
        """Decide and keep each request, in order, in one transaction; a refusal stands in its place.

        Raises:
            StoreError: nothing of the batch is kept.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                found = [self._one(*given, rules) for given in requests]
                self._database.execute("COMMIT")
            except BaseException:
                self._database.execute("ROLLBACK")
                self._kept.clear()
                raise
        except sqlite3.Error as error:
            raise _broken(self.path, error) from error
        return found

    def answer(self, decision_id: str) -> bytes:
        """The answer of a decision, as it was given.

        Raises:
            NotFoundError: there is no such decision.
        """
        return str(self._row(decision_id)[3]).encode()

    def of_person(self, person_id: str, *, limit: int) -> list[Kept]:
        """What was decided about a person, the newest first."""
        try:
            rows = self._run("decisions_of_person", person_id=person_id, limit=limit).fetchall()
        except sqlite3.Error as error:
            raise _broken(self.path, error) from error
        return [Kept(at, amount, msgspec.json.decode(answer)) for at, amount, answer in rows]

    def replay(self, decision_id: str) -> Replayed:
        """Decide again from what was kept, and compare.

        Raises:
            NotFoundError: there is no such decision.
        """
        card, rules, case, answer = self._row(decision_id)
        kept = dict(self._run("decision_documents", card=card, rules=rules))
        made = decide(msgspec.json.decode(case, type=Case), parsed(kept[card]), from_text(kept[rules]))
        return Replayed(decision_id, answer.encode(), _answer(decision_id, made))

    def _row(self, decision_id: str) -> tuple[str, str, str, str]:
        try:
            row = self._run("decision", decision_id=decision_id).fetchone()
        except sqlite3.Error as error:
            raise _broken(self.path, error) from error
        if row is None:
            raise NotFoundError("no such decision", where=str(self.path), cure="check the id that POST /decisions gave")
        return row  # type: ignore[no-any-return]  # four texts, as the table says

    def _one(
        self, request: Request, case_of: Callable[[Recent], Case], card: Card, rules: tuple[Rule, ...]
    ) -> Recorded | RefusedError:
        kind, request_id, person_id, payee_id = _parties(request)
        before = self._run("decision_of_request", kind=kind, request_id=request_id).fetchone()
        if before is not None:
            return _again(request, before)
        case = case_of(self._recent(request, person_id))
        try:
            made = decide(case, card, rules)
        except RefusedError as error:
            return error
        content = msgspec.json.encode(case).decode()
        table = digest(rules)
        decision_id = "d" + hashlib.sha256("\0".join((content, card.digest, table)).encode()).hexdigest()[:24]
        answer = _answer(decision_id, made)
        self._keep(card.digest, card.text)
        self._keep(table, as_text(rules))
        below = isinstance(request, Payment) and just_below(request.amount, case.policy)
        parties = {"kind": kind, "request_id": request_id, "person_id": person_id, "payee_id": payee_id}
        paid = {"at_us": epoch_us(request.at), "amount": request.amount, "just_below": below}
        made_by = {"card": card.digest, "rules": table, "case_json": content, "answer_json": answer.decode()}
        self._run("keep_decision", decision_id=decision_id, **parties, **paid, **made_by)
        return Recorded(decision_id, answer)

    def _recent(self, request: Request, person_id: str) -> Recent:
        given = {"person": person_id, "at": epoch_us(request.at), "day": DAY_US}
        if isinstance(request, Application):
            return Recent(applications_24h=self._run("recent_applications", **given).fetchone()[0])
        spans = {"minutes": 10 * MINUTE_US, "hour": HOUR_US}
        count, hour, below, day = self._run("recent_payments", **given, **spans).fetchone()
        received = self._run("recently_received", **given).fetchone()[0]
        return Recent(payments_10min=count, paid_1h=hour, just_below_24h=below, paid_24h=day, received_24h=received)

    def _keep(self, name: str, content: str) -> None:
        if name not in self._kept:
            self._run("keep_document", digest=name, content=content)
            self._kept.add(name)

    def _run(self, query: str, **given: object) -> sqlite3.Cursor:
        return self._database.execute(sql(STAGE, query), given)


def decisions_about(home: Path, person_id: str, *, limit: int) -> list[Kept]:
    """What was decided about a person in a directory of runs; none where nothing was ever decided."""
    if not (home / FOLDER / FILE).exists():
        return []
    ledger = Ledger(home)
    try:
        return ledger.of_person(person_id, limit=limit)
    finally:
        ledger.close()


def _parties(request: Request) -> tuple[str, str, str, str | None]:
    """Kind, id, who asks, and which person is paid."""
    if isinstance(request, Application):
        return "application", request.application_id, request.person_id, None
    return "payment", request.payment_id, request.payer_id, request.payee_id if request.payee_kind == "person" else None


def _again(request: Request, before: tuple[str, str, str]) -> Recorded | RefusedError:
    decision_id, case, answer = before
    if msgspec.json.decode(case, type=Case).request == request:
        return Recorded(decision_id, answer.encode(), repeated=True)
    return RefusedError(
        "another request of this id was decided before", where=decision_id, cure="give each request its own id"
    )


def _answer(decision_id: str, made: Decision) -> bytes:
    return msgspec.json.encode({"decision_id": decision_id, **msgspec.to_builtins(made)})


def _broken(path: Path, error: sqlite3.Error) -> StoreError:
    return StoreError(
        f"the decisions cannot be kept ({error})", where=str(path), cure="free the disk, or restore the file"
    )
