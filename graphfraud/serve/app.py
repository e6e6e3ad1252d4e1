"""The service as one ASGI application over a directory of runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graphfraud.serve.access import Access
from graphfraud.serve.audit import Audit
from graphfraud.serve.current import CurrentRun
from graphfraud.serve.decisions import Decider
from graphfraud.serve.desk import Desk
from graphfraud.serve.metrics import RequestCounts
from graphfraud.serve.openapi import VERSION, document
from graphfraud.serve.operation import Endpoint, Operation, Service
from graphfraud.serve.problems import plain_problem
from graphfraud.serve.prompt import PromptApp
from graphfraud.serve.routes import OPERATIONS
from graphfraud.serve.shell import Shell
from graphfraud.sources.pseudonym import PseudonymKey


def counted(operations: tuple[Operation, ...] = OPERATIONS) -> tuple[str, ...]:
    """Rows of the request counts; the first is for what no operation took."""
    return ("* unmatched", *(operation.route for operation in operations))


@dataclass(frozen=True)
class Clocks:
    """Seconds that never go back, and seconds since 1970; the service reads time only here."""

    steady: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


@dataclass(frozen=True)
class Equipment:
    """What an application may have beside a directory of runs.

    With ``time_to_live_s``, values of a run whose as-of is longer ago are ``stale``; without
    ``pseudonym_key`` nobody is found by a phone or card, without ``desk`` there are no alerts.
    """

    time_to_live_s: float | None = None
    clocks: Clocks = Clocks()
    audit: Audit | None = None
    pseudonym_key: PseudonymKey | None = None
    desk: Desk | None = None
    tls: bool = False
    operations: tuple[Operation, ...] = OPERATIONS


def create_app(runs: Path, *, access: Access, counts: RequestCounts, equipment: Equipment = Equipment()) -> FastAPI:
    """The application: it follows ``runs/current`` and answers from one run at a time."""
    clocks, operations = equipment.clocks, equipment.operations
    service = Service(
        CurrentRun(runs, clocks.steady),
        counts,
        clocks.wall,
        equipment.time_to_live_s,
        equipment.audit,
        equipment.pseudonym_key,
        equipment.desk,
        equipment.tls,
        Decider(runs),
    )
    app = PromptApp(title="graphfraud", version=VERSION, docs_url=None, redoc_url=None)
    app.router.redirect_slashes = False
    app.state.audit = equipment.audit
    for place, operation in enumerate(operations, start=1):
        endpoint = Endpoint(operation, place, service, access)
        app.router.routes.append(_route(operation, endpoint))
        if operation.prompt:
            app.answer_ahead(operation, Shell(endpoint, access=access, counts=counts))
    app.add_middleware(cast(Any, Shell), access=access, counts=counts)
    app.add_exception_handler(HTTPException, _http_problem)
    app.openapi_schema = document(operations)
    app.openapi = lambda: app.openapi_schema  # type: ignore[method-assign,assignment,return-value]
    return app


def _route(operation: Operation, endpoint: Endpoint) -> Route:
    return Route(operation.pattern, endpoint, methods=[operation.method], name=operation.route)


async def _http_problem(request: Request, error: Exception) -> Response:  # noqa: ARG001 - as Starlette calls it
    """What the router itself refuses: an unknown path, a wrong method."""
    refused = cast(HTTPException, error)
    answer = plain_problem(refused.status_code)
    allowed = (refused.headers or {}).get("Allow", "")
    headers = {"Allow": ", ".join(sorted(allowed.split(", ")))} if allowed else None
    return Response(answer.body, answer.status, headers, answer.content_type.decode())
