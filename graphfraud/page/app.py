"""The page as one application in a process of its own."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, quote

import uvicorn
from fastapi import FastAPI
from nicegui import ui
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from graphfraud.errors import ForbiddenError, GraphfraudError
from graphfraud.page.desk import Desk
from graphfraud.page.frame import Visit, shown
from graphfraud.page.report import case_html, case_json
from graphfraud.page.session import NOBODY, OPEN, Sessions, sign_in_page
from graphfraud.page.views import questions, rings
from graphfraud.page.views.alerts import alert, alerts
from graphfraud.page.views.overview import overview
from graphfraud.page.views.person import person
from graphfraud.page.words import HTML_LANGUAGE, LANGUAGES, known, word

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve_page(desk: Desk, *, host: str, port: int, insecure: bool) -> None:
    """Serve until it is stopped.

    Raises:
        ForbiddenError: without keys on an address that others can reach.
    """
    if insecure and host not in LOOPBACK:
        raise ForbiddenError("without keys the page answers on loopback only", where=host, cure="leave out --insecure")
    uvicorn.run(create_page(desk, hosts=(*LOOPBACK, host)), host=host, port=port, log_level="warning")


def create_page(desk: Desk, *, hosts: tuple[str, ...] = LOOPBACK) -> FastAPI:
    """The application over a desk; it answers to these names only."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    sessions = Sessions(desk.keys)
    _doors(app, sessions)
    for language in LANGUAGES:
        _views(desk, sessions, language)
        _exports(app, desk, sessions, language)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    # a busy machine may keep a browser waiting; its page must not be thrown away meanwhile
    ui.run_with(app, title="graphfraud", reconnect_timeout=30.0)
    return app


def _doors(app: FastAPI, sessions: Sessions) -> None:
    """The way in, and the language."""

    @app.middleware("http")
    async def admit(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        if sessions.who(request) is None and not request.url.path.startswith(OPEN):
            return sign_in_page(_preferred(request), wrong=False)
        found = await answer(request)
        found.headers["X-Frame-Options"] = "DENY"
        found.headers["Referrer-Policy"] = "no-referrer"
        return found

    @app.get("/")
    async def home(request: Request) -> Response:
        return RedirectResponse(f"/{_preferred(request)}", status_code=303)

    @app.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        given = parse_qs((await request.body())[:4096].decode("utf-8", "replace")).get("key", [""])[0]
        return sessions.sign_in(given, request.url.scheme == "https") or sign_in_page(_preferred(request), wrong=True)


def _views(desk: Desk, sessions: Sessions, language: str) -> None:
    """Every view under the path of a language."""

    def page(path: str, title: str, view: Callable[[Visit, Request], None]) -> None:
        @ui.page(f"/{language}{path}", language=HTML_LANGUAGE[language], response_timeout=30)  # type: ignore[arg-type]  # one of its list
        def _(request: Request) -> None:
            visit = Visit(desk, language, sessions.who(request) or NOBODY, request.url.path)
            shown(visit, word(title, language), lambda visit: view(visit, request))

    def asked(request: Request, name: str) -> str:
        return request.query_params.get(name, "").strip()

    page("", "overview", lambda visit, _: overview(visit))
    page("/alerts", "alerts", lambda visit, _: alerts(visit))
    page("/alerts/{alert_id:path}", "alerts", lambda visit, request: alert(visit, request.path_params["alert_id"]))
    page("/rings", "rings", lambda visit, request: rings.rings(
        visit, kind=asked(request, "kind"), min_score=asked(request, "min_score"), min_size=asked(request, "min_size")))  # fmt: skip
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


def _exports(app: FastAPI, desk: Desk, sessions: Sessions, language: str) -> None:
    """Files to keep."""

    @app.get(f"/{language}/export/{{name:path}}")
    def export(request: Request, name: str) -> Response:
        visit = Visit(desk, known(language), sessions.who(request) or NOBODY, request.url.path)
        try:
            if name.endswith(".json"):
                return Response(case_json(visit, name.removesuffix(".json")), media_type="application/json")
            return HTMLResponse(case_html(visit, name.removesuffix(".html")))
        except GraphfraudError as error:
            return Response(error.message, status_code=error.http_status, media_type="text/plain")


def _preferred(request: Request) -> str:
    """English for who asks for it, else Chinese."""
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"
