"""The queue of alerts by keyboard, and one alert: take it, decide, confirm, say why."""

from urllib.parse import quote

from nicegui import ui

from graphfraud.errors import GraphfraudError, NotFoundError
from graphfraud.page.desk import moment
from graphfraud.page.frame import Visit, card, grid, heading, put, run_line
from graphfraud.page.journal import VERDICTS
from graphfraud.page.markup import Html, badge, facts, link, person_link, ring_link, table, text
from graphfraud.page.views.rings import reasons

MOST = 500
"""Alerts on the page."""


def alerts(visit: Visit) -> None:
    """What to look at today, undecided first, the worst first."""
    say, states = visit.say, visit.desk.verdicts.states()
    found = sorted(visit.shown.alerts, key=lambda one: one["alert_id"] in states)[:MOST]
    heading(say("alerts"), f"{run_line(visit)} · {say('alert_keys')}")
    with grid(), card(f"{len(visit.shown.alerts):,} {say('alerts')}", 12):
        rows = []
        for one in found:
            state = states.get(one["alert_id"], {}).get("state", "waiting")
            why = one["reasons"][0][visit.language] if one["reasons"] else None
            open_it = link(visit.at(f"/alerts/{quote(one['alert_id'], safe='')}"), one["alert_id"])
            rows.append((open_it, badge(say(one["severity"]), one["severity"]), f"{say(one['target_kind'])} {one['target_id']}",
                         why, moment(one["first_seen_at"]), badge(say(state), state)))  # fmt: skip
        columns = [say(name) for name in ("id", "severity", "target", "reason", "first_seen", "state")]
        put(table(columns, rows, caption=say("alerts"), empty=say("nothing")))


def alert(visit: Visit, alert_id: str) -> None:
    """One alert."""
    say = visit.say
    found = next((one for one in visit.shown.alerts if one["alert_id"] == alert_id), None)
    if found is None:
        raise NotFoundError(f"no alert {alert_id!r}", where=visit.shown.run.run_id, cure="look at the queue")
    visit.looked("alert", found["target_id"])
    state = visit.desk.verdicts.states().get(alert_id, {})
    to = ring_link if found["target_kind"] == "ring" else person_link
    heading(f"{say('alerts')} · {say(found['target_kind'])} {found['target_id']}", run_line(visit))
    with grid():
        with card("", 12):
            put(facts([(say("target"), to(visit.language, found["target_id"])),
                       (say("severity"), badge(say(found["severity"]), found["severity"])),
                       (say("first_seen"), moment(found["first_seen_at"])),
                       (say("state"), badge(say(state.get("state", "waiting")), state.get("state", "waiting"))),
                       (say("who"), state.get("who")), (say("note"), state.get("note"))]))  # fmt: skip
        with card(say("reasons_for"), 6):
            put(reasons(found["reasons"], visit.language, say("nothing")))
        with card(say("verdict"), 6):
            _decide(visit, alert_id, found["target_id"])


def _decide(visit: Visit, alert_id: str, target: str) -> None:
    """Take, or give a verdict: only after a reason and a second confirmation."""
    say = visit.say
    names = "".join(
        f'<button class="gf-button gf-plain" type="button" data-verdict="{one}">{text(say(one))}</button>'
        for one in VERDICTS
    )
    put(Html(f'<div class="gf-form"><button class="gf-button" type="button" id="gf-take">{text(say("take"))}</button></div><br>'
             f'<div class="gf-form"><label>{text(say("note"))}<textarea id="gf-note"></textarea></label></div><br>'
             f'<div class="gf-form">{names}</div><p id="gf-said" role="status"></p>'
             f'<dialog id="gf-confirm" aria-labelledby="gf-ask"><h2 id="gf-ask">{text(say("confirm"))}</h2><p>{text(say("confirm_text"))}</p>'
             f'<div class="gf-form"><button class="gf-button" type="button" id="gf-yes">{text(say("yes"))}</button>'
             f'<button class="gf-button gf-plain" type="button" id="gf-no">{text(say("no"))}</button></div></dialog>'))  # fmt: skip

    def settle(event: object) -> None:
        given = event.args  # type: ignore[attr-defined]  # as NiceGUI hands it over
        try:
            if given["verdict"] == "take":
                visit.desk.verdicts.take(alert_id, visit.who)
            else:
                visit.desk.verdicts.settle(alert_id, visit.who, str(given["verdict"]), str(given["note"]))
            visit.looked(f"verdict {given['verdict']}", target)
        except GraphfraudError as error:
            ui.run_javascript(f"document.getElementById('gf-said').textContent = {error.what!r}")
            return
        ui.navigate.reload()

    ui.on("gf-verdict", settle)
    ui.add_body_html(_SCRIPT.replace("WHY", say("why_needed")))


_SCRIPT = """<script>
document.addEventListener('click', event => {
  const of = name => document.getElementById(name), verdict = event.target.dataset && event.target.dataset.verdict;
  if (event.target.id === 'gf-take') emitEvent('gf-verdict', {verdict: 'take', note: ''});
  if (verdict) {
    if (!of('gf-note').value.trim()) { of('gf-said').textContent = 'WHY'; of('gf-note').focus(); return; }
    of('gf-confirm').dataset.chosen = verdict; of('gf-confirm').showModal();
  }
  if (event.target.id === 'gf-no') of('gf-confirm').close();
  if (event.target.id === 'gf-yes') {
    emitEvent('gf-verdict', {verdict: of('gf-confirm').dataset.chosen, note: of('gf-note').value});
    of('gf-confirm').close();
  }
});
</script>"""
