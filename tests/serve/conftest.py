"""A published run and the real application over it, asked in the process."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from graphfraud.serve.access import Access, LoopbackAccess
from graphfraud.serve.app import Equipment, counted, create_app
from graphfraud.serve.desk import Desk
from graphfraud.serve.metrics import RequestCounts
from graphfraud.sources.pseudonym import PseudonymKey
from tests.serve.published import Sketch, publish

PORT = 8000
HOME = f"http://localhost:{PORT}"


class Client:
    """Asks an application, one request at a time."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def ask(self, method: str, url: str, **more: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
                return await client.request(method, url, **more)

        return asyncio.run(once())

    def get(self, url: str, **more: Any) -> httpx.Response:
        return self.ask("GET", url, **more)

    def post(self, url: str, content: object, **more: Any) -> httpx.Response:
        return self.ask("POST", url, json=content, **more)


def make_client(runs: Path, folder: Path, *, access: Access | None = None, **more: Any) -> Client:
    counts = RequestCounts(folder / "counts", counted())
    return Client(create_app(runs, access=access or LoopbackAccess(PORT), counts=counts, equipment=Equipment(**more)))


MakeClient = Callable[..., Client]


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """RUNS with one published run; nobody may change it."""
    folder = tmp_path_factory.mktemp("runs")
    publish(folder, Sketch())
    return folder


@pytest.fixture(scope="session")
def client(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """The application without keys over that run, with a desk and a pseudonym key."""
    folder = tmp_path_factory.mktemp("service")
    return make_client(runs, folder, **furnished(folder))


def furnished(folder: Path) -> dict[str, Any]:
    """A desk of its own, and a key."""
    desk = Desk(f"sqlite:///{folder / 'desk.sqlite'}", time.time)
    return {"desk": desk, "pseudonym_key": PseudonymKey(bytes(32))}
