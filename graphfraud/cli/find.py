"""The command that finds people by a phone, card, address, document or e-mail address."""

import os
import sys

import click

from graphfraud.cli.common import Common, common, noted
from graphfraud.schema import IDENTIFIER_KINDS
from graphfraud.serve.answers import FindQuestion
from graphfraud.serve.find import found_people, opaque
from graphfraud.serve.view import RunView
from graphfraud.sources.pseudonym import read_key


@click.command("find")
@click.argument("kind", type=click.Choice(IDENTIFIER_KINDS))
@click.argument("value")
@click.option("--purpose", required=True, help="What for; it is kept in the audit log. Write no name or id into it.")
@common
def find_command(common: Common, kind: str, value: str, purpose: str) -> None:
    """Find the people behind VALUE; '-' reads it from standard input, so that no shell remembers it."""
    text = sys.stdin.readline().strip() if value == "-" else value
    view = RunView.open(common.runs.must_have_current().path)
    found = found_people(view, FindQuestion(kind, text, purpose), read_key(os.environ))  # type: ignore[arg-type]  # click checked the kind
    noted(common, "find", view.run_id, (one.person_id for one in found), purpose=opaque(view, purpose))
    rows = [(one.person_id, one.since, one.until) for one in found]
    columns = ("person_id", "since", "until")
    people = [dict(zip(columns, row, strict=True)) for row in rows]
    common.screen.result({"run_id": view.run_id, "kind": kind, "people": people})
    common.screen.table(f"Who has or had this {kind}", columns, rows)
