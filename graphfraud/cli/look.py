"""Commands that look at one thing: a ring, a score."""

import click

from graphfraud import inspection
from graphfraud.cli.common import Common, common
from graphfraud.presentation import show_ring


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
