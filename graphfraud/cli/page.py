"""The command of the investigator's page."""

import os
from pathlib import Path

import click

from graphfraud.cli.common import Common, common
from graphfraud.errors import UsageError
from graphfraud.investigate.investigator import Investigator


@click.command("page")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--insecure", is_flag=True, help="No API key; loopback only.")
@common
def page_command(common: Common, host: str, port: int, insecure: bool) -> None:
    """Serve the investigator's page on the current run."""
    try:
        from graphfraud.page.app import serve_page
    except ModuleNotFoundError as error:
        if error.name != "nicegui":
            raise
        raise UsageError("NiceGUI is not installed", where="page", cure="pip install 'graphfraud[page]'") from error
    from graphfraud.page.desk import Desk
    from graphfraud.page.journal import AuditFile, VerdictFile

    books = common.runs_home.parent / "page"
    keys = Path(os.environ.get("GRAPHFRAUD_API_KEYS", common.runs_home.parent / "api-keys.json"))
    desk = Desk(
        runs=common.runs,
        investigator=Investigator(common.store, common.runs),
        audit=AuditFile(books / "audit.jsonl"),
        verdicts=VerdictFile(books / "verdicts.jsonl"),
        keys=None if insecure else keys,
    )
    _ = desk.shown  # a missing run is said here, not in the browser
    common.screen.result({"page": f"http://{host}:{port}"})
    common.screen.say(f"http://{host}:{port}  (Ctrl-C stops it)")
    serve_page(desk, host=host, port=port, insecure=insecure)
