"""What every view stands in: the bar, the language, the keys, the cards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from pathlib import Path
from typing import Any, Final

from nicegui import ui

from graphfraud.errors import GraphfraudError
from graphfraud.page.desk import Desk, Shown, moment
from graphfraud.page.markup import Html
from graphfraud.page.words import LANGUAGES, word

VIEWS: Final = (
    ("overview", ""), ("alerts", "/alerts"), ("rings", "/rings"), ("paths", "/paths"), ("queries", "/queries"),
    ("compare", "/compare"),
)  # fmt: skip
KEYS: Final = """
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) return;
  if (event.key === '/') { event.preventDefault(); document.querySelector('.gf-top input').focus(); }
  const step = {j: 1, k: -1}[event.key];
  if (!step) return;
  const rows = [...document.querySelectorAll('.gf-main .gf-table tbody tr a:first-of-type')];
  const here = rows.indexOf(document.activeElement);
  const next = rows[Math.max(0, Math.min(rows.length - 1, here + step))];
  if (next) { event.preventDefault(); next.focus(); }
});
"""


@dataclass(frozen=True)
class Visit:
    """One request for a view: in which language, by whom, of what."""

    desk: Desk
    language: str
    who: str
    path: str

    @cached_property
    def shown(self) -> Shown:
        """The run this visit sees from beginning to end."""
        return self.desk.shown

    def say(self, name: str) -> str:
        """A word in the language of the visit."""
        return word(name, self.language)

    def at(self, path: str) -> str:
        """A path of the page in this language."""
        return f"/{self.language}{path}"

    def looked(self, what: str, about: str) -> None:
        """Put a look into the audit before anything is shown."""
        self.desk.audit.look(self.who, what, about, run=self.shown.run.run_id)


def shown(visit: Visit, title: str, view: Callable[[Visit], None]) -> None:
    """A whole page: the bar, then the view; an error of ours as words."""
    ui.page_title(f"{title} · {visit.say('title')}")
    ui.add_css(_style())
    ui.add_head_html(f"<script>{KEYS}</script>")
    put(Html(f'<a class="gf-skip" href="#content">{escape(visit.say("skip"))}</a>'))
    put(_bar(visit), role="banner", tag="header")
    with ui.element("div").classes("gf-main").props("id=content tabindex=-1"):
        try:
            view(visit)
        except GraphfraudError as error:
            heading(visit.say("not_found") if error.http_status == 404 else title, "")
            put(Html(f'<div class="gf-card gf-error" role="alert">{escape(error.message)}</div>'))


def put(content: Html, *, tag: str = "div", role: str = "") -> None:
    """Markup into the page."""
    ui.html(content.text, sanitize=False, tag=tag).props(f"role={role}" if role else "")


def heading(title: str, sub: str) -> None:
    """The title of a view."""
    put(Html(f'<h1>{escape(title)}</h1><p class="gf-sub">{escape(sub)}</p>'))


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


def _bar(visit: Visit) -> Html:
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
        f'autocomplete="off"><button type="submit">{escape(visit.say("open"))}</button></form>'
        f'<a href="{escape(there)}" lang="{other}" hreflang="{other}">{escape(visit.say("other_language"))}</a></div>'
    )


def run_line(visit: Visit) -> str:
    """Which run is shown."""
    run = visit.shown.run
    return f"{visit.say('run')} {run.run_id} · {visit.say('as_of')} {moment(run.manifest['as_of'])} UTC"


@cache
def _style() -> str:
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")
