"""Commands of the score card."""

from pathlib import Path

import click

from graphfraud.cli.common import PATH, Common, common
from graphfraud.score.card import read_card


@click.group("card")
def card_group() -> None:
    """The score card."""


@card_group.command("validate")
@click.argument("card", type=PATH, required=False)
@common
def card_validate(common: Common, card: Path | None) -> None:
    """Check a card file, or the one that ships with the package."""
    version = read_card(card).version
    common.screen.result({"card": str(card or "built in"), "version": version, "valid": True})
    common.screen.say(f"card {version} is valid")
