"""The list of rings with filters, and one ring with its picture, members, reasons and timeline."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from nicegui import ui

from graphfraud.desk.queue import Alert, alert_id
from graphfraud.errors import NotFoundError
from graphfraud.inspection import lineage_of
from graphfraud.page.charts import timeline
from graphfraud.page.first import HEIGHT, put_first
from graphfraud.page.frame import Visit, card, chart, grid, head, heading, put, run_line
from graphfraud.page.markup import Html, badge, choice, facts, field, form, link, person_link, ring_link, table, text
from graphfraud.page.picture import network_options, picture
from graphfraud.page.room import moment
from graphfraud.page.words import word
from graphfraud.schema import RING_KINDS

MOST_EVIDENCE = 200
"""Rows of evidence on the page; an export has all."""
MOST_NAMED = 30
"""People of a lineage who are named."""
LEAST = 0.005
"""Log-odds that are shown."""
INNOCENT = "RI-"
"""How the codes of reasons begin that speak for innocence."""


def rings(visit: Visit, *, kind: str, min_score: str, min_size: str) -> None:
    """The rings of the run, the worst first."""
    say = visit.say
    least, size = _number(min_score), _number(min_size)
    found = [
        ring for ring in visit.shown.rings(kind=kind or None, min_score=min(max(least, 0), 1)) if ring["size"] >= size
    ]
    heading(say("rings"), run_line(visit))
    with grid():
        with card(say("filter"), 12):
            kinds = {"": say("any")} | {name: say(name) for name in RING_KINDS}
            fields = [choice("kind", say("kind"), kinds, kind), field("min_score", say("min_score"), min_score, kind="number"),
                      field("min_size", say("min_size"), min_size, kind="number")]  # fmt: skip
            put(form(visit.at("/rings"), fields, say("filter")))
            put(Html(f"<p>{link(visit.at('/groups'), say('rejected')).text}</p>"))
        with card(f"{len(found):,} {say('rings')}", 12):
            columns = [say(name) for name in ("ring", "kind", "size", "score", "p_value", "first_seen", "reason")]
            rows = [
                (ring_link(visit.language, one["ring_id"]), say(one["kind"]), one["size"], one["score"], one["p_value"],
                 moment(one["first_seen_at"]), one["reasons"][0][visit.language] if one["reasons"] else None)
                for one in found
            ]  # fmt: skip
            put(table(columns, rows, caption=say("rings"), empty=say("nothing")))


def ring(visit: Visit, ring_id: str) -> None:
    """One ring."""
    say, language = visit.say, visit.language
    found = visit.shown.ring(ring_id)
    visit.looked("ring", names(found), more=ring_id)
    drawn = picture(found["members"], found["evidence"])
    places = drawn.places()
    title, name = f"{say('ring')} {ring_id}", quote(ring_id, safe="")
    state, said = at_desk(visit, ring_id)
    to_alert = link(visit.at(f"/alerts/{quote(alert_id('ring', ring_id), safe='')}"), say(state))
    known = facts([(say("kind"), say(found["kind"])), (say("size"), found["size"]), (say("score"), found["score"]),
                   (say("p_value"), chance(visit, found["p_value"])), (say("first_seen"), moment(found["first_seen_at"])),
                   *((say(name), found.get(name)) for name in ("outstanding", "lenders_open", "stacking")),
                   (say("alert"), to_alert if state != "no_alert" else say(state))])  # fmt: skip
    exports = "".join(
        f'<a href="{visit.at(f"/export/{name}.{kind}")}" download>{text(say(f"export_{kind}"))}</a>'
        for kind in ("html", "json")
    )
    above = Html(
        f'{head(title, run_line(visit)).text}<div class="gf-links">{exports}</div><section class="gf-card gf-above">{known.text}</section>'
    )
    put_first(visit, above, drawn, places)
    put(above)
    with grid():
        with ui.element("div").classes("gf-8 gf-grid"):
            with card(say("network"), 12, say("network_hint")):
                says = f"{len(drawn.nodes)} {say('members')}, {len(drawn.links)} {say('links')}"
                chart(
                    network_options(drawn, language, places),
                    height=HEIGHT,
                    says=says,
                    on_click=lambda event: _open(visit, event),
                )
            with card(say("timeline"), 12, say("timeline_hint")):
                dated = [(one["at"].isoformat(), say(one["relationship"]), f"{one['source_id']} → {one['target_id']}")
                         for one in found["evidence"] if one.get("at")]  # fmt: skip
                if dated:
                    chart(timeline(dated), height=220, says=f"{len(dated)} {say('links')}")
                else:
                    put(Html(f'<p class="gf-empty">{text(say("nothing"))}</p>'))
            with card(say("lineage"), 12):
                put(lineage(visit, found))
            with card(say("notes"), 12):
                put(said)
        with ui.element("div").classes("gf-4 gf-grid"):
            with card(say("reasons_for"), 12):
                put(reasons(found, language, say("nothing"), against=False))
            with card(say("innocence"), 12):
                put(reasons(found, language, say("no_innocence"), against=True))
            with card(say("members"), 12):
                rows = [
                    (person_link(language, one["person_id"]), say(one["role"]), one["score"])
                    for one in found["members"]
                ]
                columns = [say(name) for name in ("person", "role", "score")]
                put(table(columns, rows, caption=say("members"), empty=say("nothing")))
        with card(
            f"{say('evidence')} ({len(found['evidence']):,})",
            12,
            say("evidence_hint") if len(found["evidence"]) > MOST_EVIDENCE else "",
        ):
            columns = [say(name) for name in ("from", "relationship", "to", "kind", "weight", "at")]
            put(table(columns, [_evidence(language, one) for one in found["evidence"][:MOST_EVIDENCE]], caption=say("evidence"),
                      empty=say("nothing")))  # fmt: skip


def reasons(found: Mapping[str, Any], language: str, empty: str, *, against: bool) -> Html:
    """The reasons of one side as a list, what moved the score most first, each with its code and its log-odds."""
    told, points = found["reasons"], found.get("points")
    moved = points if points is not None and len(points) == len(told) else [None] * len(told)
    side = [(one, by) for one, by in zip(told, moved, strict=True) if one["code"].startswith(INNOCENT) == against]
    side.sort(key=lambda one: -abs(one[1] or 0.0))
    if not side:
        return Html(f'<p class="gf-empty">{text(empty)}</p>')
    items = "".join(
        f'<li>{text(one[language])} <span class="gf-code">{text(_marked(one["code"], by))}</span></li>'
        for one, by in side
    )
    return Html(f'<ul class="gf-reasons">{items}</ul>')


def _marked(code: str, by: float | None) -> str:
    return code if by is None or abs(by) < LEAST else f"{code} {by:+.2f}"


def names(found: dict[str, Any]) -> list[str]:
    """The members of a ring, for the audit log."""
    return [one["person_id"] for one in found["members"]]


def chance(visit: Visit, p_value: float) -> object:
    """What the p-value says: it is an upper bound, and 1 only means that chance is not excluded."""
    return visit.say("chance") if p_value >= 1 else p_value


def lineage(visit: Visit, found: dict[str, Any], *, links: bool = True) -> Html:
    """What became of a ring since the run before: its fate, where it comes from, who joined and who left."""
    say, room = visit.say, visit.room
    to_ring = partial(ring_link, visit.language) if links else text
    to_person = partial(person_link, visit.language) if links else text
    told = lineage_of(room.runs, visit.shown.run, found["ring_id"], set(names(found)))
    rows = [
        (say("what"), say(f"event_{told['event']}")),
        (say("run_before"), told["since"]),
        (say("from_rings"), [to_ring(one) for one in told["from_ids"] if one != found["ring_id"]]),
        (f"{say('joined')} ({len(told['joined'])})", [to_person(one) for one in told["joined"][:MOST_NAMED]]),
        (f"{say('left')} ({len(told['left'])})", [to_person(one) for one in told["left"][:MOST_NAMED]]),
    ]  # fmt: skip
    return facts(rows)


def at_desk(visit: Visit, ring_id: str) -> tuple[str, Html]:
    """The state of a ring's alert, and what people said of it and decided."""
    say = visit.say
    try:
        found = visit.room.casework.alert(visit.shown.view, alert_id("ring", ring_id))
    except NotFoundError:
        return "no_alert", Html(f'<p class="gf-empty">{text(say("nothing"))}</p>')
    return found["state"], notes(visit, found)


def notes(visit: Visit, found: Alert) -> Html:
    """What people said of an alert, and decided."""
    say = visit.say
    rows = [(moment(one["at"]), one["author"], badge(say(one["verdict"]), one["verdict"]) if one["verdict"] else None, one["text"])
            for one in found["notes"]]  # fmt: skip
    columns = [say(name) for name in ("at", "who", "verdict", "note")]
    return table(columns, rows, caption=say("notes"), empty=say("nothing"))


def _evidence(language: str, one: dict[str, Any]) -> tuple[object, ...]:
    target = person_link(language, one["target_id"]) if one["target_label"] == "Person" else one["target_id"]
    return (person_link(language, one["source_id"]), word(one["relationship"], language), target, badge(word(one["target_label"], language)),
            one["weight"], moment(one.get("at")))  # fmt: skip


def _open(visit: Visit, event: Any) -> None:
    """A click on a person opens the person."""
    key = str(event.data.get("id", "")) if isinstance(event.data, dict) else ""
    if key.startswith("Person:"):
        ui.navigate.to(visit.at(f"/people/{quote(key.removeprefix('Person:'), safe='')}"))


def _number(given: str) -> float:
    try:
        return float(given or 0)
    except ValueError:
        return 0.0
