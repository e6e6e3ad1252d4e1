"""What every view stands in: the bar, the language, the keys, the cards."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from html import escape
from pathlib import Path
from typing import Any, Final

from nicegui import ui

from graphfraud.errors import ForbiddenError, GraphfraudError
from graphfraud.investigate.answer import Answer
from graphfraud.page.markup import Html
from graphfraud.page.room import Room, Shown, moment
from graphfraud.page.session import Visitor
from graphfraud.page.words import LANGUAGES, word
from graphfraud.publish.serving import person_tokens
from graphfraud.serve.audit import Event
from graphfraud.serve.keys import Scope

VIEWS: Final = (
    ("overview", ""), ("alerts", "/alerts"), ("rings", "/rings"), ("paths", "/paths"), ("queries", "/queries"),
    ("compare", "/compare"),
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """One request for a view: in which language, by whom, of what."""

    room: Room
    language: str
    visitor: Visitor
    path: str
    secret: str = ""
    """Of the session, so that what is done later is asked of who is signed in then."""

    @cached_property
    def shown(self) -> Shown:
        """The run this visit sees from beginning to end."""
        return self.room.shown

    def say(self, name: str) -> str:
        """A word in the language of the visit."""
        return word(name, self.language)

    def at(self, path: str) -> str:
        """A path of the page in this language."""
        return f"/{self.language}{path}"

    def looked(self, what: str, people: Iterable[str] = (), *, more: str = "", run_id: str | None = None) -> None:
        """Put a look into the audit log; it returns when the line is on the disk, so before anything is shown.

        Raises:
            AuditError: it cannot be written, so nothing may be shown.
        """
        seen = self.shown.run.run_id if run_id is None else run_id
        said = {"run": seen, "people": person_tokens(people), "more": more}
        self.room.audit.write(Event(datetime.now(UTC), self.visitor.name, f"page {what}", **said))

    def must(self, scope: Scope, what: str, people: Iterable[str] = ()) -> None:
        """Ask once more, when something is done, whether who is signed in may do it.

        Raises:
            ForbiddenError: the session is over, or its role does not allow it; the attempt is in the audit log.
        """
        now = self.room.sessions.visitor(self.secret)
        if now is None or not now.may(scope):
            self.looked(what, people, more="refused")
            raise ForbiddenError(f"{self.visitor.name} may not do this", cure=f"ask for the scope {scope}")

    async def ask(self, query: str, given: Mapping[str, Any]) -> Answer:
        """The answer of a library query, asked beside the page, and in the audit log before it is shown."""
        answer = await asyncio.to_thread(self.room.investigator.ask, query, given)
        self.looked("query", answer.people, more=answer.about, run_id=answer.run_id or "")
        return answer


async def shown(visit: Visit, title: str, view: Callable[[Visit], Awaitable[None] | None]) -> None:
    """A whole page: the bar, then the view; an error of ours as words."""
    ui.page_title(f"{title} · {visit.say('title')}")
    ui.add_css(asset("style.css"))
    ui.add_head_html(f"<script>{asset('keys.js')}</script>")
    put(Html(f'<a class="gf-skip" href="#content">{escape(visit.say("skip"))}</a>'))
    put(bar(visit), role="banner", tag="header")
    with ui.element("div").classes("gf-main").props("id=content tabindex=-1"):
        try:
            waiting = view(visit)
            if waiting is not None:
                await waiting
        except GraphfraudError as error:
            heading(visit.say("not_found") if error.http_status == 404 else title, "")
            put(Html(f'<div class="gf-card gf-error" role="alert">{escape(error.message)}</div>'))


def put(content: Html, *, tag: str = "div", role: str = "") -> None:
    """Markup into the page."""
    ui.html(content.text, sanitize=False, tag=tag).props(f"role={role}" if role else "")


def heading(title: str, sub: str) -> None:
    """The title of a view."""
    put(head(title, sub))


def head(title: str, sub: str) -> Html:
    """The title of a view as markup."""
    return Html(f'<h1>{escape(title)}</h1><p class="gf-sub">{escape(sub)}</p>')


@contextmanager
def grid() -> Iterator[None]:
    """Cards side by side, twelve columns."""
    with ui.element("div").classes("gf-grid"):
        yield


@contextmanager
def card(title: str, columns: int, hint: str = "") -> Iterator[None]:
    """A card so many of twelve columns wide."""
    with ui.element("section").classes(f"gf-card gf-{columns}"):
        head = f"<h2>{escape(title)}</h2>" if title else ""
        note = f'<p class="gf-hint">{escape(hint)}</p>' if hint else ""
        if head or note:
            put(Html(head + note))
        yield


def number(value: str, label: str) -> None:
    """One figure, large."""
    put(Html(f'<div class="gf-number">{escape(value)}</div><div class="gf-label">{escape(label)}</div>'))


def chart(options: dict[str, Any], *, height: int, says: str, on_click: Callable[[Any], None] | None = None) -> Any:
    """A chart, with what it shows in words for who does not see it."""
    made = ui.echart(options, on_point_click=on_click).style(f"height: {height}px; width: 100%")
    made.props["role"] = "img"
    made.props["aria-label"] = says
    return made


def bar(visit: Visit) -> Html:
    """The bar over every view."""
    current = "/" + "/".join(visit.path.strip("/").split("/")[1:2])
    items = "".join(
        f'<a href="{visit.at(path) or "/"}"{" aria-current=page" if current == (path or "/") else ""}>{escape(visit.say(name))}</a>'
        for name, path in VIEWS
    )
    other = next(language for language in LANGUAGES if language != visit.language)
    there = "/" + "/".join([other, *visit.path.strip("/").split("/")[1:]])
    find = escape(visit.say("find_person"))
    return Html(
        f'<div class="gf-top"><a class="gf-brand" href="{visit.at("")}">{escape(visit.say("title"))}</a>'
        f'<nav aria-label="graphfraud">{items}</nav>'
        f'<form action="{visit.at("/people")}" method="get"><input name="person_id" aria-label="{find}" placeholder="{find}  /" '
        f'autocomplete="off"><button type="submit">{escape(visit.say("go"))}</button></form>'
        f'<a href="{escape(there)}" lang="{other}" hreflang="{other}">{escape(visit.say("other_language"))}</a>{_who(visit)}</div>'
    )


def _who(visit: Visit) -> str:
    """Who is signed in, and the way out."""
    if visit.room.sessions.keys is None:
        return ""
    return (
        f'<form action="/sign-out" method="post"><span>{escape(visit.visitor.name)}</span>'
        f'<button type="submit">{escape(visit.say("sign_out"))}</button></form>'
    )


def run_line(visit: Visit) -> str:
    """Which run is shown."""
    seen = visit.shown.run
    return f"{visit.say('run')} {seen.run_id} · {visit.say('as_of')} {moment(seen.manifest['as_of'])} UTC"


@cache
def asset(name: str) -> str:
    """A text that ships beside the views."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
