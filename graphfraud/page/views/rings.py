"""The list of rings with filters, and one ring with its picture, members, reasons and timeline."""

from typing import Any
from urllib.parse import quote

from nicegui import ui

from graphfraud.page.charts import timeline
from graphfraud.page.desk import moment
from graphfraud.page.frame import Visit, card, chart, grid, heading, put, run_line
from graphfraud.page.markup import Html, badge, choice, facts, field, form, person_link, ring_link, table, text
from graphfraud.page.picture import network_options, picture
from graphfraud.page.words import word
from graphfraud.publish.runs import Run
from graphfraud.schema import RING_KINDS

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
    visit.looked("ring", ring_id)
    drawn = picture(found["members"], found["evidence"])
    heading(f"{say('ring')} {ring_id}", run_line(visit))
    name = quote(ring_id, safe="")
    put(Html(f'<div class="gf-links"><a href="{visit.at(f"/export/{name}.html")}" download>{text(say("export_html"))}</a>'
             f'<a href="{visit.at(f"/export/{name}.json")}" download>{text(say("export_json"))}</a></div>'))  # fmt: skip
    with grid():
        with card("", 12):
            put(facts([(say("kind"), say(found["kind"])), (say("size"), found["size"]), (say("score"), found["score"]),
                       (say("p_value"), found["p_value"]), (say("first_seen"), moment(found["first_seen_at"])),
                       *((say(name), found.get(name)) for name in ("outstanding", "lenders_open", "stacking")),
                       (say("lineage"), lineage(visit, ring_id))]))  # fmt: skip
        with card(say("network"), 8, say("network_hint")):
            says = f"{len(drawn.nodes)} {say('members')}, {len(drawn.links)} {say('links')}"
            chart(network_options(drawn, language), height=430, says=says, on_click=lambda event: _open(visit, event))
        with ui.element("div").classes("gf-4 gf-grid"):
            with card(say("reasons_for"), 12):
                put(reasons([one for one in found["reasons"] if not innocent(one)], language, say("nothing")))
            with card(say("innocence"), 12):
                put(reasons([one for one in found["reasons"] if innocent(one)], language, say("no_innocence")))
            with card(say("members"), 12):
                rows = [
                    (person_link(language, one["person_id"]), say(one["role"]), one["score"])
                    for one in found["members"]
                ]
                put(
                    table(
                        [say("person"), say("role"), say("score")], rows, caption=say("members"), empty=say("nothing")
                    )
                )
        with card(say("timeline"), 12, say("timeline_hint")):
            dated = [(one["at"].isoformat(), say(one["relationship"]), f"{one['source_id']} → {one['target_id']}")
                     for one in found["evidence"] if one.get("at")]  # fmt: skip
            if dated:
                chart(timeline(dated), height=220, says=f"{len(dated)} {say('links')}")
            else:
                put(Html(f'<p class="gf-empty">{text(say("nothing"))}</p>'))
        with card(f"{say('evidence')} ({len(found['evidence']):,})", 12):
            columns = [say(name) for name in ("from", "relationship", "to", "kind", "weight", "at")]
            put(table(columns, [_evidence(language, one) for one in found["evidence"][:500]], caption=say("evidence"),
                      empty=say("nothing")))  # fmt: skip


def innocent(reason: dict[str, Any]) -> bool:
    """Whether a reason speaks for innocence."""
    return str(reason["code"]).startswith(INNOCENT)


def reasons(found: list[dict[str, Any]], language: str, empty: str) -> Html:
    """Reasons as a list, each with its code."""
    if not found:
        return Html(f'<p class="gf-empty">{text(empty)}</p>')
    items = "".join(f'<li>{text(one[language])} <span class="gf-code">{text(one["code"])}</span></li>' for one in found)
    return Html(f'<ul class="gf-reasons">{items}</ul>')


def lineage(visit: Visit, ring_id: str) -> str:
    """Where a ring comes from: its size in the run before, or that it is new."""
    from graphfraud.inspection import rows_of

    parent: Run | None = visit.desk.parent
    before = rows_of(parent.table("rings"), "ring_id", ring_id) if parent else []
    return f"{visit.say('lineage_was')}: {before[0]['size']}" if before else visit.say("lineage_new")


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
