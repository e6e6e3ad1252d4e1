"""Operations that change something: a form, a second dialog that names what will happen, then the server.

The server asks again who is signed in and, for the gravest ones, whether the id of the person was typed:
what the browser shows or hides protects nobody.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from nicegui import ui

from graphfraud.errors import GraphfraudError, UsageError
from graphfraud.page.frame import Visit, asset, put
from graphfraud.page.markup import Html, text
from graphfraud.serve.keys import Scope

Fields = Mapping[str, str]


@dataclass(frozen=True)
class Act:
    """One operation: its name in the audit log, who may do it, what must be typed, and what it does.

    ``done`` returns what is said after it, or None when the page shall be loaded anew.
    """

    name: str
    scope: Scope
    done: Callable[[Fields], Awaitable[str | None]]
    typed: str = ""
    about: tuple[str, ...] = ()
    """People whom it is about, for the audit log."""
    leaves: bool = False
    """Whether nothing of the view may stay after it."""


@dataclass(frozen=True)
class ActForm:
    """How an operation is asked for; ``says`` tells what will happen, where no choice or button says it."""

    act: Act
    fields: Iterable[str] = ()
    buttons: Iterable[str] = ()
    says: str = ""
    until: str = ""
    confirmed: bool = True
    more: Mapping[str, str] = field(default_factory=dict)


def put_acts(visit: Visit, forms: Iterable[ActForm], *, acts: Iterable[Act] = ()) -> None:
    """Show the forms that the visitor's role allows, and listen for all of their operations.

    ``acts`` are heard without a form of their own.
    """
    forms = list(forms)
    for form in forms:
        if visit.visitor.may(form.act.scope):
            put(_form(form))
    put(_dialog(visit))
    known = {act.name: act for act in (*acts, *(form.act for form in forms))}

    async def act(event: object) -> None:
        given: Mapping[str, Any] = event.args  # type: ignore[attr-defined]  # as NiceGUI hands it over
        try:
            said, leaves = await _acted(visit, known, given)
            _tell(said, leaves=leaves)
        except GraphfraudError as error:
            _tell(error.message)

    ui.on("gf-act", act)
    ui.add_body_html(f"<script>{asset('acts.js')}</script>")


async def _acted(visit: Visit, known: Mapping[str, Act], given: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Do what was asked, if the role allows it and the second confirmation is there."""
    act = known.get(str(given.get("act")))
    if act is None:
        raise UsageError("no such operation", where="the page", cure="load it anew")
    visit.must(act.scope, act.name, act.about)
    if act.typed and given.get("typed") != act.typed:
        raise UsageError("the id was not typed", where=act.typed, cure="type it to confirm")
    fields = {str(name): str(value).strip() for name, value in dict(given.get("fields") or {}).items()}
    said = await act.done(fields)
    visit.looked(
        act.name,
        act.about,
        more=" ".join(filter(None, (fields.get("list"), fields.get("label"), fields.get("verdict")))),
    )
    return said, act.leaves


def _tell(said: str | None, *, leaves: bool = False) -> None:
    if said is None:
        ui.navigate.reload()
    else:
        ui.run_javascript(f"told({json.dumps(said)}, {json.dumps(leaves)})")


def _form(form: ActForm) -> Html:
    data = {"act": form.act.name, "typed": form.act.typed, "says": form.says, "until": form.until, **form.more}
    said = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items() if value)
    plain = "" if form.confirmed else " data-plain"
    return Html(
        f'<form class="gf-form gf-act"{said}{plain}>{"".join(form.fields)}'
        f'<div class="gf-form">{"".join(form.buttons)}</div></form>'
    )


def button(said: str, *, name: str = "", value: str = "", says: str = "", plain: bool = False) -> str:
    """A button of a form; ``says`` is what will happen, for the dialog."""
    given = {"name": name, "value": value, "data-says": says}
    more = "".join(f' {key}="{escape(one)}"' for key, one in given.items() if one)
    return f'<button class="gf-button{" gf-plain" if plain else ""}" type="submit"{more}>{text(said)}</button>'


def _dialog(visit: Visit) -> Html:
    say = visit.say
    return Html(
        f'<p id="gf-said" role="status" data-wait="{text(say("wait"))}"></p>'
        f'<dialog id="gf-confirm" aria-labelledby="gf-ask"><h2 id="gf-ask">{text(say("confirm"))}</h2><p id="gf-will"></p>'
        f"<p>{text(say('confirm_text'))}</p>"
        f'<div class="gf-form" id="gf-typing" hidden><label>{text(say("type_id"))}<input id="gf-typed" autocomplete="off"></label></div>'
        f'<div class="gf-form gf-last"><button class="gf-button" type="button" id="gf-yes">{text(say("yes"))}</button>'
        f'<button class="gf-button gf-plain" type="button" id="gf-no">{text(say("no"))}</button></div></dialog>'
    )
