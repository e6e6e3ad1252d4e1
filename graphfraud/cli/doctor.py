"""The command that says what is here, what is missing, and how to get it."""

import os
import sys
from dataclasses import asdict

import click

from graphfraud.cli.common import Common, common
from graphfraud.doctor import findings


@click.command("doctor")
@common
def doctor_command(common: Common) -> None:
    """What is here, what is missing, and how to get it."""
    found = list(findings(common.store_uri, common.runs_home, os.environ))
    common.screen.result({"findings": [asdict(finding) for finding in found]})
    rows = [("yes" if finding.fine else "NO", finding.what, finding.state, finding.cure) for finding in found]
    common.screen.table("Doctor", ("fine", "what", "state", "how to cure it"), rows)
    if not all(finding.fine for finding in found):
        sys.exit(1)
