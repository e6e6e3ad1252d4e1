"""Commands that look at one thing: a ring, a score, a decision."""

import json
import sys
from typing import Final

import click

from graphfraud import inspection
from graphfraud.cli.common import Common, common, noted
from graphfraud.errors import UsageError
from graphfraud.explanation import show_rejected, show_rejected_group, show_ring
from graphfraud.publish.ledger import Ledger

REJECTED_SHOWN: Final = 50
"""Rejected groups in a list."""


@click.command("ring")
@click.argument("ring_id", required=False)
@click.option("--explain", is_flag=True, help="With all evidence.")
@click.option("--rejected", is_flag=True, help="List dense groups that are no rings; no RING_ID.")
@common
def ring_command(common: Common, ring_id: str | None, explain: bool, rejected: bool) -> None:
    """Show one ring, or one rejected group (group-…): who, by what, and why."""
    run, screen = common.runs.must_have_current(), common.screen
    if rejected == (ring_id is not None):
        raise UsageError("name one ring, or ask for --rejected", where="ring", cure="graphfraud ring RING_ID --explain")
    if ring_id is None:
        groups = inspection.worst(run, inspection.REJECTED, limit=REJECTED_SHOWN)
        screen.result({"run_id": run.run_id, "rejected_groups": groups})
        show_rejected(screen, groups)
        return
    none = ring_id.startswith("group-")
    found = (
        inspection.group_of(run, inspection.REJECTED, ring_id)
        if none
        else inspection.ring_of(common.runs, run, ring_id)
    )
    noted(common, "ring", run.run_id, (one["person_id"] for one in found["members"]), more=ring_id)
    screen.result(found)
    if none:
        show_rejected_group(screen, found)
    else:
        show_ring(screen, found, explain=explain)


@click.command("score")
@click.argument("person_id")
@common
def score_command(common: Common, person_id: str) -> None:
    """Show a person's score, its parts, the offer, the reasons and what they rest on."""
    row = inspection.score_of(common.runs.must_have_current(), person_id)
    grounds = [link for reason in row["reasons"] for link in reason["evidence"]]
    parties = sorted({link["party_id"] for link in grounds if link["party_label"] == "Person"})
    noted(common, "score", row["run_id"], [person_id, *parties])
    common.screen.result(row)
    shown = [(name, value) for name, value in row.items() if name != "reasons"]
    common.screen.table(f"Score of {person_id}", ("what", "value"), shown)
    common.screen.table(
        "Reasons", ("code", "points", "meaning"), [(r["code"], r["points"], r["en"]) for r in row["reasons"]]
    )
    links = [
        (r["code"], g["relationship"], g["party_id"], g["party_label"], g["at"])
        for r in row["reasons"]
        for g in r["evidence"]
    ]
    if links:
        common.screen.table("What the reasons rest on", ("code", "link", "party", "what it is", "at"), links)


@click.command("replay")
@click.argument("decision_id")
@common
def replay_command(common: Common, decision_id: str) -> None:
    """Make a decision again from what was kept with it, and compare every byte."""
    replayed = Ledger(common.runs_home).replay(decision_id)
    then, now = json.loads(replayed.then), json.loads(replayed.now)
    differs = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    common.screen.result({"decision_id": decision_id, "same": replayed.same, "differs": differs, "decision": then})
    rows = [
        (name, json.dumps(value, ensure_ascii=False)) for name, value in then.items() if value not in (None, [], {})
    ]
    common.screen.table(f"Decision {decision_id}", ("what", "value"), rows)
    if not replayed.same:
        common.screen.note(f"NOT the same: {', '.join(differs) or 'the order of the bytes'}")
        sys.exit(1)
    common.screen.say("replayed: the same to the last byte")
