"""Commands that look at one thing: a ring, a score, a decision."""

import json
import sys

import click

from graphfraud import inspection
from graphfraud.cli.common import Common, common
from graphfraud.presentation import show_ring
from graphfraud.publish.ledger import Ledger


@click.command("ring")
@click.argument("ring_id")
@click.option("--explain", is_flag=True, help="With all evidence.")
@common
def ring_command(common: Common, ring_id: str, explain: bool) -> None:
    """Show one ring: who, by what, and why."""
    ring = inspection.ring_of(common.runs.must_have_current(), ring_id)
    common.screen.result(ring)
    show_ring(common.screen, ring, explain=explain)


@click.command("score")
@click.argument("person_id")
@common
def score_command(common: Common, person_id: str) -> None:
    """Show a person's score, its parts, the offer and the reasons."""
    row = inspection.person_row(common.runs.must_have_current(), "scores", person_id)
    common.screen.result(row)
    shown = [(name, value) for name, value in row.items() if name != "reasons"]
    common.screen.table(f"Score of {person_id}", ("what", "value"), shown)
    common.screen.table(
        "Reasons", ("code", "points", "meaning"), [(r["code"], r["points"], r["en"]) for r in row["reasons"]]
    )


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
