"""The queue of alerts by keyboard, and one alert: take it, comment, settle it, confirm, say why."""

import asyncio
from typing import Any, Final
from urllib.parse import quote

from nicegui import ui

from graphfraud.desk.queue import Alert, Verdict
from graphfraud.errors import UsageError
from graphfraud.page.acts import Act, ActForm, Fields, button, put_acts
from graphfraud.page.frame import Visit, card, grid, heading, put, run_line
from graphfraud.page.markup import Html, badge, facts, link, person_link, ring_link, table, text
from graphfraud.page.room import moment
from graphfraud.page.views.rings import notes, reasons
from graphfraud.serve.casework import people_of
from graphfraud.serve.keys import Scope

MOST: Final = 500
"""Alerts on the page."""
VERDICTS: Final[tuple[Verdict, ...]] = ("confirmed_fraud", "not_fraud", "unsure")
NOT_LAST: Final = ("taken", "settled")


def alerts(visit: Visit) -> None:
    """What to look at today: open ones first, then taken and settled ones, the gravest first."""
    say = visit.say
    waiting = visit.room.casework.alerts(visit.shown.view, state="open", after=None, limit=MOST)
    found = [*waiting, *(one for state in NOT_LAST for one in _in_state(visit, state))][:MOST]
    visit.looked("alerts", (one["target_id"] for one in found if one["target_kind"] == "person"))
    heading(say("alerts"), f"{run_line(visit)} · {say('alert_keys')}")
    with grid(), card(f"{len(waiting):,} {say('open_alerts')}", 12):
        columns = [say(name) for name in ("id", "severity", "target", "reason", "first_seen", "state", "who")]
        put(table(columns, [_row(visit, one) for one in found], caption=say("alerts"), empty=say("nothing")))


def _in_state(visit: Visit, state: str) -> list[Alert]:
    return visit.room.casework.alerts(visit.shown.view, state=state, after=None, limit=MOST)


def _row(visit: Visit, one: Alert) -> tuple[object, ...]:
    say, why = visit.say, one["reasons"][0][visit.language] if one["reasons"] else None
    opens = link(visit.at(f"/alerts/{quote(one['alert_id'], safe='')}"), one["alert_id"])
    return (opens, badge(say(one["severity"]), one["severity"]), f"{say(one['target_kind'])} {one['target_id']}",
            why, moment(one["first_seen_at"]), badge(say(one["state"]), one["state"]), one["taken_by"])  # fmt: skip


def alert(visit: Visit, alert_id: str) -> None:
    """One alert."""
    say = visit.say
    found = visit.room.casework.alert(visit.shown.view, alert_id)
    people = people_of(visit.shown.view, found)
    visit.looked("alert", people, more=alert_id)
    to = ring_link if found["target_kind"] == "ring" else person_link
    heading(f"{say('alert')} · {say(found['target_kind'])} {found['target_id']}", run_line(visit))
    with grid():
        with card("", 12):
            put(facts([(say("target"), to(visit.language, found["target_id"])), (say("members"), len(people)),
                       (say("severity"), badge(say(found["severity"]), found["severity"])),
                       (say("first_seen"), moment(found["first_seen_at"])),
                       (say("state"), badge(say(found["state"]), found["state"])),
                       (say("who"), found["taken_by"]), (say("taken_until"), moment(found["taken_until"]))]))  # fmt: skip
        with ui.element("div").classes("gf-6 gf-grid"):
            with card(say("reasons_for"), 12):
                put(reasons(found, visit.language, say("nothing"), against=False))
            with card(say("innocence"), 12):
                put(reasons(found, visit.language, say("no_innocence"), against=True))
        with card(say("verdict"), 6):
            _decide(visit, found, people)
        with card(say("notes"), 12):
            put(notes(visit, found))


def _decide(visit: Visit, found: Alert, people: tuple[str, ...]) -> None:
    """Take it; comment; or, once it is taken, give a verdict: only with a reason and a second confirmation."""
    say, view, casework, author = visit.say, visit.shown.view, visit.room.casework, visit.visitor.name
    alert_id = found["alert_id"]

    async def take(_: Fields) -> None:
        await asyncio.to_thread(casework.take, view, alert_id, author=author)

    async def comment(fields: Fields) -> None:
        await asyncio.to_thread(casework.comment, view, alert_id, author=author, text=_reason(fields, "comment"))

    async def settle(fields: Fields) -> None:
        verdict, why = fields.get("verdict", ""), _reason(fields, "comment")
        if verdict not in VERDICTS:
            raise UsageError("no such verdict", where=verdict, cure=f"one of {', '.join(VERDICTS)}")
        await asyncio.to_thread(casework.settle, view, alert_id, verdict, author=author, text=why)

    mine = found["state"] == "taken" and found["taken_by"] == author
    why = f'<label>{text(say("why"))}<textarea name="comment" required maxlength="2000"></textarea></label>'
    taking = ActForm(Act("take", Scope.DECIDE, take), buttons=[button(say("take"))], confirmed=False)
    says = {one: say(f"will_{one}").format(people=len(people)) for one in VERDICTS}
    settling = ActForm(Act("verdict", Scope.DECIDE, settle, about=people), [why],
                       [button(say(one), name="verdict", value=one, says=says[one], plain=True) for one in VERDICTS])  # fmt: skip
    commenting = ActForm(
        Act("comment", Scope.DECIDE, comment), [why], [button(say("comment"), plain=True)], confirmed=False
    )
    if not visit.visitor.may(Scope.DECIDE):
        put(Html(f'<p class="gf-empty">{text(say("only_looks"))}</p>'))
    if found["state"] == "taken" and not mine:
        put(Html(f'<p class="gf-empty">{text(say("taken_by_other"))}: {text(found["taken_by"])}</p>'))
    open_now, all_acts = found["state"] == "open", (taking.act, settling.act, commenting.act)
    put_acts(visit, [taking] if open_now else [settling] if mine else [commenting], acts=all_acts)


def _reason(fields: Fields, name: str) -> str:
    found: Any = fields.get(name, "")
    if not found:
        raise UsageError("a reason is needed", where=name, cure="say why")
    return str(found)[:2000]
