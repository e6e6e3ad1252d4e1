"""The command of the investigator's page."""

import time
from dataclasses import replace

import click

from graphfraud.cli.common import Common, common
from graphfraud.cli.oversight import places_of
from graphfraud.cli.service import keys_of
from graphfraud.errors import UsageError
from graphfraud.investigate.answer import Bounds
from graphfraud.investigate.investigator import Investigator
from graphfraud.serve.audit import Audit
from graphfraud.serve.casework import Casework
from graphfraud.serve.desk import Desk


@click.command("page")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--insecure", is_flag=True, help="No API key; loopback only.")
@click.option(
    "--time-limit", type=click.FloatRange(0.01, 300), default=10.0, show_default=True, help="Seconds of a query."
)
@common
def page_command(common: Common, host: str, port: int, *, insecure: bool, time_limit: float) -> None:
    """Serve the investigator's page on the current run."""
    try:
        from graphfraud.page.app import serve_page
    except ModuleNotFoundError as error:
        if error.name != "nicegui":
            raise
        raise UsageError("NiceGUI is not installed", where="page", cure="pip install 'graphfraud[page]'") from error
    from graphfraud.page.room import Room
    from graphfraud.page.session import Sessions

    desk = Desk(common.desk, time.time)
    audit = Audit(common.audit, strict=True)
    room = Room(
        runs=common.runs,
        investigator=Investigator(common.store, common.runs, Bounds(seconds=time_limit)),
        casework=Casework(desk, common.runs_home),
        audit=audit,
        places=replace(places_of(common), desk=common.desk),
        sessions=Sessions(None if insecure else keys_of(common), desk),
    )
    _ = room.shown  # a missing run is said here, not in the browser
    common.screen.result({"page": f"http://{host}:{port}"})
    common.screen.say(f"http://{host}:{port}  (Ctrl-C stops it)")
    try:
        serve_page(room, host=host, port=port, insecure=insecure)
    finally:
        audit.close()
        desk.close()
