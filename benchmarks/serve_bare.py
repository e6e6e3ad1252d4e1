"""The bare routes beside which the service is measured, and the process that serves both."""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from serve_world import RUN_ID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graphfraud.serve import server
from graphfraud.serve.exchange import JSON, Answer, Call, Read
from graphfraud.serve.keys import Scope
from graphfraud.serve.operation import Operation, Service
from graphfraud.serve.routes import OPERATIONS

BODY = Path("bare-body")
TOKEN = "0" * 32


class Constant:
    """A route with the same auth, limit, audit, tag and counts as ours, and a constant body of the same size."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __call__(self, service: Service, call: Call) -> Answer:  # noqa: ARG002
        """The same for everybody."""
        return Answer(self.body, read=Read(RUN_ID, TOKEN))


class BareWorker(server._Worker):
    """The worker of the service with the bare route added."""

    def __call__(self) -> FastAPI:
        """The application of a worker."""
        body = (self.runs.parent / BODY).read_bytes()
        bare = Operation(
            "GET",
            "/bare/{person_id}",
            "bare",
            Constant(body),
            ((JSON, None),),
            scope=Scope.FEATURES,
            path_id="person_id",
            prompt=True,
        )
        server.OPERATIONS = (*OPERATIONS, bare)
        return super().__call__()


class Nothing:
    """Starlette and nothing on top."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __call__(self) -> Starlette:
        """The application."""
        body = self.body

        async def answer(request: Request) -> Response:  # noqa: ARG001
            return Response(body, media_type="application/json")

        return Starlette(routes=[Route("/nothing/{person_id:path}", answer)])


def main() -> None:
    """``service HOME KEYS WORKERS STRICT`` or ``nothing HOME PORT``."""
    what, home, *more = sys.argv[1:]
    if what == "nothing":
        app = Nothing((Path(home) / BODY).read_bytes())
        uvicorn.run(
            app(), host="127.0.0.1", port=int(more[0]), loop="uvloop", http="httptools", ws="none", lifespan="off",
            access_log=False, log_level="warning", server_header=False, proxy_headers=False,
        )  # fmt: skip
        return
    server._Worker = BareWorker  # type: ignore[misc]
    keys, workers, strict = more
    options = server.Options(rate_per_s=1e9, strict_audit=strict == "strict")
    server.serve(
        Path(home) / "runs", host="127.0.0.1", port=0, workers=int(workers), insecure=False, keys=Path(keys),
        options=options,
    )  # fmt: skip


if __name__ == "__main__":
    main()
