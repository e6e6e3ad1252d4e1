"""POST /decisions: an application or a payment, decided from the published run, kept before it is answered.

Requests wait in a queue for one thread of the worker, which decides what has gathered there in one
transaction: one sync of the disk serves all of them, and the event loop is never held up.
"""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import pyarrow as pa

from graphfraud.errors import GraphfraudError, RunError
from graphfraud.publish.ledger import Ledger, Recorded
from graphfraud.publish.serving import FOLDER
from graphfraud.score.card import parsed
from graphfraud.score.entries import Card
from graphfraud.score.inputs import DEBT_INPUTS
from graphfraud.score.request import Application, Case, Known, Payment, Policy, Recent, Request
from graphfraud.serve.exchange import Answer, Call, Read
from graphfraud.serve.question import decode
from graphfraud.serve.view import NO_ROW, RunView

MOST_AT_ONCE: Final = 64
ASKED: Final = {"id_verified", "face_verified", "invited", "blocked", "watched", "allowed", "known_fraud"}


class DecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The decision and its id: ``outcome`` is approve, step_up, review, hold or decline."""

    decision_id: str
    kind: str
    request_id: str
    outcome: str
    rules_fired: list[str]
    rules_evaluated: list[str]
    rules_not_evaluated: list[str]
    reasons: list[dict[str, Any]]
    card_version: str
    rules_digest: str
    run_id: str
    score: float | None
    parts: dict[str, float | None]
    bad_probability: float | None
    tier: str | None
    way_in: str | None
    limit_cny: float | None
    approved_cny: float | None
    daily_rate: float | None
    irr_annual: float | None
    disclosure: dict[str, Any] | None
    adverse_action: dict[str, Annotated[Any, msgspec.Meta()]] | None
    counterfactual: dict[str, Any] | None


class _Basis(msgspec.Struct, frozen=True):
    card: str
    policy: Policy
    blocked: tuple[str, ...]
    lists_known: bool
    unknown_rules: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True)
class _Open:
    """What decisions on one run rest on."""

    run_id: str
    card: Card
    basis: _Basis
    blocked: frozenset[str]
    standing: pa.RecordBatch

    @classmethod
    def of(cls, run: Path) -> "_Open":
        try:
            basis = msgspec.json.decode((run / "basis.json").read_bytes(), type=_Basis)
            standing = pa.ipc.open_file(pa.memory_map(str(run / FOLDER / "standing.arrow"))).get_batch(0)
        except (OSError, pa.ArrowException, msgspec.DecodeError) as error:
            raise RunError(
                "this run was made without what decisions need", where=run.name, cure="run the night again"
            ) from error
        return cls(run.name, parsed(basis.card), basis, frozenset(basis.blocked), standing)


@dataclass(frozen=True)
class _Waiting:
    request: Request
    case_of: Callable[[Recent], Case]
    card: Card
    done: Callable[[Recorded | GraphfraudError], None]


class Decider:
    """Decides for one worker: a queue, a thread, the ledger beside the runs; opens nothing before it is asked."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._waiting: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._open: _Open | None = None

    def answer(self, view: RunView, call: Call) -> Awaitable[Answer]:
        """Decide the request of a call; awaits the sync of the disk."""
        request = decode(call.body, Application | Payment)  # type: ignore[arg-type]  # a union is a type to msgspec
        found = self._basis_of(view)
        future: asyncio.Future[Recorded | GraphfraudError] = asyncio.get_running_loop().create_future()
        self._waiting.put(
            _Waiting(request, lambda recent: _case(view, found, request, recent), found.card, _told(future))
        )
        self._start()
        return _answered(future, _read_of(view, request))

    def _basis_of(self, view: RunView) -> _Open:
        if self._open is None or self._open.run_id != view.run_id:
            self._open = _Open.of(self._runs / view.run_id)
        return self._open

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="decisions", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        ledger: Ledger | None = None
        while True:
            batch = [self._waiting.get()]
            while len(batch) < MOST_AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get())
            try:
                ledger = ledger or Ledger(self._runs)
                results: list[Recorded | GraphfraudError] = [
                    *ledger.record([(one.request, one.case_of, one.card) for one in batch])
                ]
            except GraphfraudError as error:
                results = [error] * len(batch)
            except Exception as error:  # noqa: BLE001 - the outermost shell of the thread: nobody may wait for ever
                failed = GraphfraudError(f"unexpected failure ({type(error).__name__})", cure="see the log")
                results = [failed] * len(batch)
            for one, result in zip(batch, results, strict=True):
                one.done(result)


def _told(
    future: "asyncio.Future[Recorded | GraphfraudError]",
) -> Callable[[Recorded | GraphfraudError], None]:
    loop = future.get_loop()

    def settle(result: Recorded | GraphfraudError) -> None:
        if not future.done():  # the client may have left
            future.set_result(result)

    def tell(result: Recorded | GraphfraudError) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result)

    return tell


def _read_of(view: RunView, request: Request) -> Read:
    """What the audit log says: whoever asks for a decision reads the person, and a stranger all the same."""
    row = view.people.row(request.person_id if isinstance(request, Application) else request.payer_id)
    return Read(view.run_id, "") if row == NO_ROW else view.read_of(row)


async def _answered(future: "asyncio.Future[Recorded | GraphfraudError]", read: Read) -> Answer:
    result = await future
    if isinstance(result, GraphfraudError):
        raise type(result)(result.what, where=result.where, cure=result.cure)
    return Answer(result.answer, read=msgspec.structs.replace(read, purpose="decision", more=result.decision_id))


def _case(view: RunView, found: _Open, request: Request, recent: Recent) -> Case:
    asks = request.person_id if isinstance(request, Application) else request.payer_id
    pays = request.payee_id if isinstance(request, Payment) else None
    things = [thing for thing in (request.device_id, request.ip) if thing is not None]
    return Case(
        request=request,
        person=_known(view, found, asks) if _is_person(request) else Known(person_id=asks),
        payee=None if pays is None else _payee(view, found, request, pays),
        recent=recent,
        listed=tuple(thing for thing in things if thing in found.blocked),
        lists_known=found.basis.lists_known,
        policy=found.basis.policy,
        run_id=view.run_id,
        unknown_rules=found.basis.unknown_rules,
    )


def _is_person(request: Request) -> bool:
    return isinstance(request, Application) or request.payer_kind == "person"


def _payee(view: RunView, found: _Open, request: Request, payee_id: str) -> Known | None:
    if isinstance(request, Payment) and request.payee_kind == "person":
        known = _known(view, found, payee_id)
        return None if known is None else msgspec.structs.replace(known, inputs={}, devices=None, consents=None)
    blocked = payee_id in found.blocked if found.basis.lists_known else None
    return Known(person_id=payee_id, blocked=blocked)


def _known(view: RunView, found: _Open, person_id: str) -> Known | None:
    """What the run knows of a person; None for a stranger."""
    row = view.people.row(person_id)
    if row == NO_ROW:
        return None
    stands: dict[str, Any] = found.standing.slice(row, 1).to_pylist()[0]
    stands |= {name: None for name in ("consents", "devices") if name not in found.basis.kept}
    inputs = {
        entry.name: None if value != value else value  # only NaN differs from itself
        for entry, value in zip(view.catalogue, view.people.matrix[row].tolist(), strict=True)
    }
    (owed,) = view.debts_of(view.people.rows([person_id]))
    debts = owed or {}
    inputs |= {name: None if debts.get(name) is None else float(debts[name]) for name in DEBT_INPUTS}
    return Known(
        person_id=person_id,
        inputs={**inputs, "ring_score": stands["ring_score"]},
        top_path=debts.get("top_path"),
        **{name: stands[name] for name in stands if name in Known.__struct_fields__},
    )
