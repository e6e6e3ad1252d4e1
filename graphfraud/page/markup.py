"""Plain markup: tables, facts, forms and links, every value escaped here and nowhere else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, urlencode

from graphfraud.sources.pseudonym import DIGEST, shortened


@dataclass(frozen=True)
class Html:
    """Text that is markup already."""

    text: str


Cell = object


def text(value: Cell) -> str:
    """A value as markup: what is Html stays, all else is escaped, a digest is shortened; no value is a dash.

    >>> text("<b>"), text(None), text(1234.5), text(Html("<b>x</b>"))
    ('&lt;b&gt;', '–', '1,234.50', '<b>x</b>')
    """
    if isinstance(value, Html):
        return value.text
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= 1 or value == 0 else f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(map(text, value)) or "–"
    return DIGEST.sub(lambda found: f'<span title="{found[0]}">{shortened(found[0])}</span>', escape(str(value)))


def link(address: str, shown: Cell) -> Html:
    """A link."""
    return Html(f'<a href="{escape(address)}">{text(shown)}</a>')


def person_link(language: str, person_id: str) -> Html:
    """A link to a person's page."""
    return link(f"/{language}/people/{quote(person_id, safe='')}", person_id)


def ring_link(language: str, ring_id: str) -> Html:
    """A link to a ring's page."""
    return link(f"/{language}/rings/{quote(ring_id, safe='')}", ring_id)


def address(path: str, **query: str) -> str:
    """A path with a query of what is not empty."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, caption: str, empty: str) -> Html:
    """A table that scrolls inside itself, with a caption for who does not see it; columns of figures stand to the right."""
    content = [tuple(row) for row in rows]
    if not content:
        return Html(f'<p class="gf-empty">{escape(empty)}</p>')
    marks = [_figures([row[place] for row in content]) for place in range(len(columns))]
    body = "".join(
        f"<tr>{''.join(f'<td{mark}>{text(value)}</td>' for value, mark in zip(row, marks, strict=True))}</tr>"
        for row in content
    )
    head = "".join(f'<th scope="col"{mark}>{escape(name)}</th>' for name, mark in zip(columns, marks, strict=True))
    return Html(
        f'<div class="gf-scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="gf-table">'
        f'<caption class="gf-hidden">{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def facts(rows: Iterable[tuple[str, Cell]]) -> Html:
    """Names with one value each."""
    found = "".join(f"<div><dt>{escape(name)}</dt><dd>{text(value)}</dd></div>" for name, value in rows)
    return Html(f'<dl class="gf-facts">{found}</dl>')


def badge(shown: str, kind: str = "") -> Html:
    """A word in a frame; the word says all, the colour only repeats it."""
    return Html(f'<span class="gf-badge gf-{escape(kind)}">{escape(shown)}</span>')


def field(name: str, label: str, value: str = "", *, kind: str = "text", needed: bool = False) -> str:
    """An input with its label."""
    must = " required" if needed else ""
    return (
        f'<label>{escape(label)}<input name="{escape(name)}" type="{kind}" value="{escape(value)}"'
        f' step="any" autocomplete="off"{must}></label>'
    )


def choice(name: str, label: str, options: Mapping[str, str], value: str = "") -> str:
    """A choice with its label."""
    shown = "".join(
        f'<option value="{escape(key)}"{" selected" if key == value else ""}>{escape(said)}</option>'
        for key, said in options.items()
    )
    return f'<label>{escape(label)}<select name="{escape(name)}">{shown}</select></label>'


def form(action: str, fields: Iterable[str], button: str, *, method: str = "get") -> Html:
    """A form that works without a script."""
    return Html(
        f'<form class="gf-form" action="{escape(action)}" method="{method}">{"".join(fields)}'
        f'<button class="gf-button" type="submit">{escape(button)}</button></form>'
    )


def _figures(values: Sequence[Cell]) -> str:
    """The mark of a column in which figures stand, and nothing else."""
    given = [value for value in values if value is not None]
    figures = bool(given) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in given)
    return ' class="gf-figure"' if figures else ""
