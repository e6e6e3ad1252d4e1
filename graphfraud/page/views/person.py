"""One person: the score taken apart, features against the population, debt, rings, ties, looks."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from graphfraud.errors import GraphfraudError
from graphfraud.page.charts import WEIGHTS, contributions, waterfall
from graphfraud.page.frame import Visit, card, chart, grid, heading, put, run_line
from graphfraud.page.markup import Html, badge, facts, person_link, ring_link, table, text
from graphfraud.page.room import PersonCase, moment
from graphfraud.page.views.acting import acting
from graphfraud.publish.ledger import decisions_about
from graphfraud.publish.serving import person_token
from graphfraud.serve.audit import newest_about
from graphfraud.serve.layout import CASTS

Rows = tuple[list[str], list[tuple[object, ...]]]
Shape = Callable[[Visit, list[dict[str, Any]]], Rows]
SHOWN = 30
"""Features with the most unusual values."""


def person(visit: Visit, person_id: str) -> None:
    """All that is known of one person; what needs the store comes after the first picture."""
    say = visit.say
    case = visit.shown.person(person_id)
    visit.looked("person", [person_id])
    heading(f"{say('person')} {person_id}", run_line(visit))
    with grid():
        _score(visit, case)
        _debt(visit, case)
        _features(visit, case)
        with ui.element("div").classes("gf-6 gf-grid"):
            _later(visit, 12, "rings_of_person", _asked("rings_of_person", {"person_id": person_id}, _ring_rows))
            _later(visit, 12, "decisions", lambda visit: _decision_rows(visit, person_id))
            _later(visit, 12, "at_desk", lambda visit: _desk_rows(visit, person_id))
            _later(visit, 12, "history", lambda visit: _look_rows(visit, person_id))
        _later(visit, 6, "shared", _asked("shared_identifiers", {"person_id": person_id, "limit": 50}, _shared_rows))
        _later(visit, 12, "timeline", _asked("timeline", {"person_id": person_id, "limit": 100}, _event_rows))
        acting(visit, person_id)


def _score(visit: Visit, case: PersonCase) -> None:
    say, score = visit.say, case.score
    with card(say("parts"), 5, say("parts_hint")):
        if score is None:
            put(Html(f'<p class="gf-empty">{text(say("nothing"))}</p>'))
        else:
            says = ", ".join(f"{say(name)} {points}" for name, _, _, points in contributions(score))
            missing = [say(name) for name in WEIGHTS if score.get(name) is None]
            if missing:
                put(Html(f'<p class="gf-hint">{text(say("no_file"))}: {text(missing)}</p>'))
            chart(waterfall(score, visit.language), height=270, says=f"{says}; {say('total')} {score['score']:.1f}")
    with card(say("offer"), 3):
        if score is not None:
            put(facts([(say("decision"), badge(say(score["decision"]), score["decision"])), (say("score"), score["score"]),
                       (say("tier"), say(score["tier"])), (say("limit"), score["limit_cny"]),
                       (say("daily_rate"), _percent(score["daily_rate"], 3)), (say("irr"), _percent(score["irr_annual"], 1))]))  # fmt: skip
    with card(say("score_reasons"), 4):
        found = score["reasons"] if score else []
        rows = [(one["points"], Html(f'{text(one[visit.language])} <span class="gf-code">{text(one["code"])}</span>'))
                for one in found]  # fmt: skip
        put(table([say("points"), say("reason")], rows, caption=say("score_reasons"), empty=say("nothing")))


def _debt(visit: Visit, case: PersonCase) -> None:
    say = visit.say
    with card(say("debt"), 12):
        names = ("outstanding", "lenders_open", "exposure_to_others", "default_probability", "impact")
        owed = case.debt or {}
        put(facts((say(name), owed.get(name)) for name in names))
        put(
            Html(
                f'<p class="gf-path"><span class="gf-label">{text(say("top_path"))}</span> {text(owed.get("top_path"))}</p>'
            )
        )


def _features(visit: Visit, case: PersonCase) -> None:
    say = visit.say
    entries = visit.shown.view.catalogue
    rows: list[tuple[float, tuple[object, ...]]] = []
    for slot, (entry, value, place) in enumerate(zip(entries, case.values, case.percentiles, strict=True)):
        if place is None:
            continue
        shown = CASTS[entry.dtype](value)
        middle = visit.shown.percentiles[50, slot]
        rows.append(
            (
                abs(place - 50),
                (entry.name, shown, entry.unit, _gauge(place), float(middle), say(entry.part), entry.meaning),
            )
        )
    rows.sort(key=lambda row: (-row[0], str(row[1][0])))
    with card(say("features"), 12):
        columns = [say("feature"), say("value"), say("unit"), say("percentile"), "p50", say("part"), say("meaning")]
        put(table(columns, [row for _, row in rows[:SHOWN]], caption=say("features"), empty=say("nothing")))


def _gauge(place: float) -> Html:
    """A percentile as a figure, with a line that only repeats it."""
    return Html(
        f'<span class="gf-gauge"><b>{place:.0f}</b><svg width="100" height="10" aria-hidden="true">'
        f'<rect y="4" width="100" height="2" fill="#9fb3c8"/><circle cx="{max(4, min(96, place)):.0f}" cy="5" r="4" fill="#005a8c"/></svg></span>'
    )


def _later(visit: Visit, columns: int, title: str, rows: Callable[[Visit], Awaitable[Rows]]) -> None:
    """A card that is filled once the page stands."""
    with card(visit.say(title), columns):
        waiting = ui.html(f'<p class="gf-empty" role="status">{text(visit.say("looking"))}</p>', sanitize=False)

    async def fill() -> None:
        try:
            names, found = await rows(visit)
            waiting.content = table(names, found, caption=visit.say(title), empty=visit.say("nothing")).text
        except GraphfraudError as error:
            waiting.content = f'<p class="gf-empty" role="alert">{text(error.message)}</p>'

    ui.timer(0.05, fill, once=True)


def _asked(query: str, given: dict[str, Any], shape: Shape) -> Callable[[Visit], Awaitable[Rows]]:
    """Rows of the library."""

    async def rows(visit: Visit) -> Rows:
        return shape(visit, (await visit.ask(query, given)).rows)

    return rows


async def _desk_rows(visit: Visit, person_id: str) -> Rows:
    """What people said of the person at the desk."""
    say, found = visit.say, await asyncio.to_thread(visit.room.casework.about, person_id)
    labels = [
        (moment(one.at), say("label"), badge(say(f"label_{one.label}"), one.label), one.ring_id, one.author)
        for one in found.labels
    ]
    lists = [
        (moment(one.from_at), say("override"), badge(say(f"list_{one.list}"), one.list),
         f"{one.reason} ({say('until')} {moment(one.until_at)})" if one.until_at else one.reason, one.author)
        for one in found.lists
    ]  # fmt: skip
    return [say(name) for name in ("at", "what", "state", "note", "who")], [*lists, *labels]


async def _decision_rows(visit: Visit, person_id: str) -> Rows:
    """What the service decided about the person's requests."""
    say = visit.say
    found = await asyncio.to_thread(decisions_about, visit.room.runs.home, person_id, limit=SHOWN)
    rows: list[tuple[object, ...]] = [
        (moment(one.at_us), say(one.answer["kind"]), one.amount, badge(say(one.answer["outcome"]), one.answer["outcome"]),
         ", ".join(one.answer["rules_fired"]), one.answer["decision_id"])
        for one in found
    ]  # fmt: skip
    return [say(name) for name in ("at", "kind", "amount", "decision", "rules", "id")], rows


async def _look_rows(visit: Visit, person_id: str) -> Rows:
    """Who looked at the person, by whatever way."""
    token = person_token(person_id).hex()
    found = await asyncio.to_thread(newest_about, visit.room.places.audit, token)
    rows: list[tuple[object, ...]] = [
        (moment(one.at), one.who, visit.say(one.what), " · ".join(filter(None, (one.more, one.purpose))))
        for one in found
    ]
    return [visit.say(name) for name in ("at", "who", "what", "note")], rows


def _ring_rows(visit: Visit, rows: list[dict[str, Any]]) -> Rows:
    say = visit.say
    names = [say(name) for name in ("ring", "kind", "score", "role", "size")]
    return names, [(ring_link(visit.language, one["ring_id"]), say(one["kind"]), one["ring_score"], say(one["role"]),
                    len(one["members"])) for one in rows]  # fmt: skip


def _shared_rows(visit: Visit, rows: list[dict[str, Any]]) -> Rows:
    names = [visit.say(name) for name in ("kind", "person", "first_seen", "size")]
    return names, [(one["kind"], person_link(visit.language, one["person_id"]), moment(one["other_since"]), one["people"])
                   for one in rows]  # fmt: skip


def _event_rows(visit: Visit, rows: list[dict[str, Any]]) -> Rows:
    names = [visit.say(name) for name in ("at", "what", "with", "amount", "id")]
    return names, [
        (moment(one["at"]), visit.say(one["what"]), one["with"], one["amount"], one["reference"]) for one in rows
    ]


def _percent(value: float | None, digits: int) -> str | None:
    return None if value is None else f"{value:.{digits}%}"
