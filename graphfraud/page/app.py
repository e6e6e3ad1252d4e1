"""The page as one application in a process of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, quote

import uvicorn
from fastapi import FastAPI
from nicegui import ui
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphfraud.errors import ForbiddenError, GraphfraudError, UnauthorisedError
from graphfraud.page.frame import Visit, shown
from graphfraud.page.report import case_html, case_json
from graphfraud.page.room import Room
from graphfraud.page.session import OPEN, Sessions, secret_of, sign_in_page, signed_in, signed_out
from graphfraud.page.views import groups, questions, rings
from graphfraud.page.views.alerts import alert, alerts
from graphfraud.page.views.overview import overview
from graphfraud.page.views.person import person
from graphfraud.page.words import HTML_LANGUAGE, LANGUAGES, known, word

GUARDS = ((b"x-frame-options", b"DENY"), (b"referrer-policy", b"no-referrer"))
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve_page(room: Room, *, host: str, port: int, insecure: bool) -> None:
    """Serve until it is stopped.

    Raises:
        ForbiddenError: without keys on an address that others can reach.
    """
    if insecure and host not in LOOPBACK:
        raise ForbiddenError("without keys the page answers on loopback only", where=host, cure="leave out --insecure")
    uvicorn.run(create_page(room, hosts=(*LOOPBACK, host)), host=host, port=port, log_level="warning")


def create_page(room: Room, *, hosts: tuple[str, ...] = LOOPBACK) -> FastAPI:
    """The application over a room; it answers to these names only."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _doors(app, room.sessions)
    for language in LANGUAGES:
        _views(room, language)
        _exports(app, room, language)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    # a busy machine may keep a browser waiting; its page must not be thrown away meanwhile
    ui.run_with(app, title="graphfraud", reconnect_timeout=30.0, tailwind=False)
    return app


def _doors(app: FastAPI, sessions: Sessions) -> None:
    """The way in, and the language."""

    app.add_middleware(Door, sessions=sessions)

    @app.get("/")
    async def home(request: Request) -> Response:
        return RedirectResponse(f"/{_preferred(request)}", status_code=303)

    one_at_a_time = asyncio.Lock()  # a password is dear to check, on purpose

    @app.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        form = parse_qs((await request.body())[:4096].decode("utf-8", "replace"))
        given = {name: form.get(name, [""])[0] for name in ("key", "name", "password")}
        async with one_at_a_time:
            secret = await asyncio.to_thread(sessions.sign_in, **given)
        if secret is None:
            return sign_in_page(_preferred(request), wrong=True)
        return signed_in(secret, secure=request.url.scheme == "https")

    @app.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        await asyncio.to_thread(sessions.sign_out, secret_of(request))
        return signed_out()


class Door:
    """Lets in who is signed in; nobody may put the page into a frame, and no address of it goes elsewhere.

    Plain ASGI: every file of the page passes here.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not scope["path"].startswith(OPEN):
            request = Request(scope)
            if self._sessions.visitor(secret_of(request)) is None:
                await sign_in_page(_preferred(request), wrong=False)(scope, receive, send)
                return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *GUARDS]
            await send(message)

        await self._app(scope, receive, guarded)


def visit_of(room: Room, language: str, request: Request) -> Visit:
    """Who comes, and for what.

    Raises:
        UnauthorisedError: the session ended a moment ago.
    """
    secret = secret_of(request)
    visitor = room.sessions.visitor(secret)
    if visitor is None:
        raise UnauthorisedError("the session is over", cure="sign in")
    return Visit(room, language, visitor, request.url.path, secret)


def _views(room: Room, language: str) -> None:
    """Every view under the path of a language."""

    def page(path: str, title: str, view: Callable[[Visit, Request], Awaitable[None] | None]) -> None:
        @ui.page(f"/{language}{path}", language=HTML_LANGUAGE[language], response_timeout=30)  # type: ignore[arg-type]  # one of its list
        async def _(request: Request) -> None:
            visit = visit_of(room, language, request)
            await shown(visit, word(title, language), lambda visit: view(visit, request))

    def asked(request: Request, name: str) -> str:
        return request.query_params.get(name, "").strip()

    page("", "overview", lambda visit, _: overview(visit))
    page("/alerts", "alerts", lambda visit, _: alerts(visit))
    page("/alerts/{alert_id:path}", "alerts", lambda visit, request: alert(visit, request.path_params["alert_id"]))
    page("/rings", "rings", lambda visit, request: rings.rings(
        visit, kind=asked(request, "kind"), min_score=asked(request, "min_score"), min_size=asked(request, "min_size")))  # fmt: skip
    page("/groups", "rejected", lambda visit, _: groups.groups(visit))
    page(
        "/groups/{group_id:path}",
        "rejected_group",
        lambda visit, request: groups.group(visit, request.path_params["group_id"]),
    )
    page("/rings/{ring_id:path}", "ring", lambda visit, request: rings.ring(visit, request.path_params["ring_id"]))
    page(
        "/people",
        "person",
        lambda visit, request: ui.navigate.to(visit.at(f"/people/{quote(asked(request, 'person_id'), safe='')}")),
    )
    page("/people/{person_id:path}", "person", lambda visit, request: person(visit, request.path_params["person_id"]))
    page(
        "/paths",
        "paths",
        lambda visit, request: questions.paths(visit, asked(request, "first"), asked(request, "second")),
    )
    page("/queries", "queries", lambda visit, _: questions.queries(visit, "", {}))
    page("/queries/{name}", "queries", lambda visit, request: questions.queries(
        visit, request.path_params["name"], {name: value.strip() for name, value in request.query_params.items() if value.strip()}))  # fmt: skip
    page("/compare", "compare", lambda visit, _: questions.compare(visit))


def _exports(app: FastAPI, room: Room, language: str) -> None:
    """Files to keep."""

    @app.get(f"/{language}/export/{{name:path}}")
    def export(request: Request, name: str) -> Response:
        try:
            visit = visit_of(room, known(language), request)
            if name.endswith(".json"):
                return Response(case_json(visit, name.removesuffix(".json")), media_type="application/json")
            return HTMLResponse(case_html(visit, name.removesuffix(".html")))
        except GraphfraudError as error:
            return Response(error.message, status_code=error.http_status, media_type="text/plain")


def _preferred(request: Request) -> str:
    """The language of the path; else English for who asks for it, else Chinese."""
    first = request.url.path.split("/")[1]
    if first in LANGUAGES:
        return first
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"
