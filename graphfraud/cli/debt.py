"""Commands on shared debt: one person's debts and ties, and what a shock would cost."""

from pathlib import Path

import click

from graphfraud import inspection
from graphfraud.cli.common import PATH, Common, common, noted
from graphfraud.debt.picture import loss_picture
from graphfraud.debt.shock import Shock
from graphfraud.presentation import show_debt, show_stress
from graphfraud.store.durable import write_file
from graphfraud.stressing import stressed


@click.command("debt")
@click.argument("person_id")
@common
def debt_command(common: Common, person_id: str) -> None:
    """Show what a person owes, answers for, and would cost others, and the path that carries most."""
    debts = inspection.debt_of(common.runs.must_have_current(), person_id)
    noted(common, "debt", debts["run_id"], [person_id])
    common.screen.result(debts)
    show_debt(common.screen, debts)


@click.command("stress")
@click.option("--shock", required=True, help="For example 'odds=2 buffer=0.7 fail=ID,ID'.")
@click.option("--worlds", type=click.IntRange(10), default=1000, show_default=True, help="Worlds to draw.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--plot", type=PATH, default=Path("stress.svg"), show_default=True, help="The picture, an SVG file.")
@common
def stress_command(common: Common, shock: str, worlds: int, seed: int, plot: Path) -> None:
    """Show what a shock to borrowers would cost: the loss distribution with it and without, at the current run's as-of.

    odds=2 doubles everybody's odds of default, buffer=0.7 leaves 70 % of what people can bear, fail=ID,ID names
    people who default for certain.
    """
    asked = Shock.parse(shock)
    found = stressed(
        common.store, common.runs.must_have_current(), asked, worlds=worlds, seed=seed, resources=common.resources
    )
    write_file(plot, loss_picture(found).encode())
    common.screen.result(found.figures() | {"picture": str(plot)})
    show_stress(common.screen, found)
    common.screen.say(f"picture: {plot}")
