"""A route of the service, declared once: what it answers, who may ask, and how it is documented."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from importlib import import_module
from types import UnionType
from typing import Any, Final

import msgspec
from starlette.convertors import Convertor, register_url_convertor

from graphfraud.errors import GraphfraudError, RunError
from graphfraud.serve.access import Access
from graphfraud.serve.audit import Audit, Event
from graphfraud.serve.current import CurrentRun
from graphfraud.serve.decisions import Decider
from graphfraud.serve.desk import Desk
from graphfraud.serve.exchange import JSON, LOCAL, OK, Answer, Call, Caller, Read, Receive, Scope, Send, header
from graphfraud.serve.keys import Scope as KeyScope
from graphfraud.serve.metrics import RequestCounts
from graphfraud.serve.problems import problem
from graphfraud.serve.question import path_id, query_of, read_body
from graphfraud.serve.transfer import transferred
from graphfraud.serve.view import RunView
from graphfraud.sources.pseudonym import PseudonymKey

ROUTE: Final = "graphfraud.route"
"""Where the scope of a request tells the shell which operation answered."""

ANY: Final = "any"
"""What the router calls a part of a path that takes every character."""

log = logging.getLogger(__name__)


class _Any(Convertor[str]):
    """Starlette's own ``path`` stops at a line feed, and an id that ends in one would lose it."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        """As it stands."""
        return value

    def to_string(self, value: str) -> str:
        """As it stands."""
        return value


register_url_convertor(ANY, _Any())


@dataclass(frozen=True)
class Service:
    """What the routes stand on. ``wall`` gives seconds since 1970, for ages only."""

    current: CurrentRun
    counts: RequestCounts
    wall: Callable[[], float]
    time_to_live_s: float | None
    audit: Audit | None = None
    pseudonym_key: PseudonymKey | None = None
    desk: Desk | None = None
    tls: bool = False
    decider: Decider | None = None


@dataclass(frozen=True)
class Parameter:
    """A query parameter as OpenAPI shows it."""

    name: str
    meaning: str
    schema: dict[str, Any]
    example: str
    required: bool = False


def listed(words: tuple[str, ...]) -> dict[str, Any]:
    """The schema of a parameter that lists some of these words, separated by commas."""
    return {"type": "array", "items": {"enum": list(words)}}


@dataclass(frozen=True)
class Operation:
    """One method on one path."""

    method: str
    path: str
    summary: str
    answer: Callable[[Service, Call], Answer | Awaitable[Answer]]
    shapes: tuple[tuple[bytes, type[msgspec.Struct] | None], ...]
    """Content types of the answer, each with its shape; None: not JSON."""
    scope: KeyScope | None = None
    keyless: bool = False
    path_id: str | None = None
    parameters: tuple[Parameter, ...] = ()
    question: type[msgspec.Struct] | UnionType | None = None
    example: dict[str, Any] | None = None
    taken: str = ""
    """When it answers 409; empty: never."""
    not_found: str = ""
    """When it answers 404 without an id in its path."""
    refuses: bool = False
    """Whether it answers 401 though it needs no key."""
    slow: bool = False
    """Whether the answer may wait for something, and so is made in a thread."""
    prompt: bool = False
    """Whether it is asked so often that it is answered ahead of the router."""

    @property
    def route(self) -> str:
        """Method and template, as the metrics label it."""
        return f"{self.method} {self.path}"

    @property
    def pattern(self) -> str:
        """The path for the router: an id may hold slashes and line feeds."""
        return self.path if self.path_id is None else self.path.replace("}", f":{ANY}}}")


def on_run(answer: Callable[[RunView, Call], Answer]) -> Callable[[Service, Call], Answer]:
    """An answer from the one view that the request takes."""
    return lambda service, call: answer(service.current.view(), call)


def on_decider(service: Service, call: Call) -> Awaitable[Answer]:
    """A decision on the one view that the request takes.

    Raises:
        RunError: the service was made without a place for decisions.
    """
    if service.decider is None:
        raise RunError("this service keeps no decisions", cure="serve a directory of runs")
    return service.decider.answer(service.current.view(), call)


def later(module: str, name: str) -> Callable[[Service, Call], Answer]:
    """An answer whose module is loaded when it is first asked for: a scoring worker stays small."""

    def answer(service: Service, call: Call) -> Answer:
        found: Callable[[Service, Call], Answer] = getattr(import_module(f"graphfraud.serve.{module}"), name)
        return found(service, call)

    return answer


class Endpoint:
    """An operation as an ASGI application: admit, read, answer; every failure of ours is a problem."""

    def __init__(self, operation: Operation, place: int, service: Service, access: Access) -> None:
        self._operation = operation
        self._place = place
        self._service = service
        self._access = access
        self._names = tuple(parameter.name for parameter in operation.parameters)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope[ROUTE] = self._place
        try:
            answer = await self._answer(scope, receive)
        except GraphfraudError as error:
            if error.http_status == HTTPStatus.INTERNAL_SERVER_ERROR:
                log.error("%s", error.message)
            answer = problem(error)
        await answer.send(send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        operation, service = self._operation, self._service
        caller = LOCAL if operation.keyless else self._access.admit(scope, operation.scope)
        life = service.time_to_live_s
        call = Call(
            path_id=path_id(scope, operation.path_id) if operation.path_id else "",
            query=query_of(scope, self._names),
            accept=header(scope, b"accept") or JSON.decode(),
            body=await read_body(scope, receive) if operation.question else b"",
            fresh_since=float("-inf") if life is None else service.wall() - life,
            caller=caller,
            cookie=header(scope, b"cookie") if operation.slow else None,
        )
        if operation.slow:
            found = await asyncio.to_thread(operation.answer, service, call)
        else:
            found = operation.answer(service, call)
        answer = found if isinstance(found, Answer) else await found
        if service.audit is not None and answer.read is not None:
            await service.audit.record(self._event(caller, answer.read))
        return transferred(answer, scope) if answer.status == OK else answer

    def _event(self, caller: Caller, read: Read) -> Event:
        return Event(
            at=datetime.fromtimestamp(self._service.wall(), UTC),
            who=caller.name,
            what=self._operation.route,
            run=read.run_id,
            people=read.tokens,
            purpose=read.purpose or caller.consent or "",
            more=read.more,
        )
