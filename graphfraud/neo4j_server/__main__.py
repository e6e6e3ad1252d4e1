"""``python -m graphfraud.neo4j_server start | stop | status | admin``."""

import os
import shlex
import sys
from pathlib import Path

import click

from graphfraud.errors import GraphfraudError
from graphfraud.neo4j_server import server
from graphfraud.neo4j_server.bolt import answers
from graphfraud.neo4j_server.configuration import LOOPBACK, Options
from graphfraud.neo4j_server.home import NEO4J_VERSION, USER, Home, Running

_HOME = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of all its files [default: $GRAPHFRAUD_NEO4J_HOME, else in the user's cache].",
)


@click.group(help=f"Neo4j {NEO4J_VERSION} without containers: fetched by Maven, on loopback, with a password.")
def commands() -> None:
    """The group of all commands."""


@commands.command()
@_HOME
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Bolt port [default: any free one].")
@click.option("--gds", is_flag=True, help="With Graph Data Science.")
@click.option("--tls", is_flag=True, help="Bolt encrypted, under a certificate of its own.")
@click.option("--browser", is_flag=True, help="Serve Neo4j Browser, too.")
@click.option("--heap", default=Options.heap, show_default=True, help="Memory for Java objects.")
@click.option("--page-cache", default=Options.page_cache, show_default=True, help="Memory for pages of the store.")
def start(home: Path | None, **options: object) -> None:
    """Start the server, wait until it answers, and say how to use it."""
    place = Home.named(home, os.environ)
    started, new = server.start(place, Options(**options), os.environ)  # type: ignore[arg-type]  # typed by click
    click.echo(usage(place, started, state="answers" if new else "runs already"))


@commands.command()
@_HOME
def stop(home: Path | None) -> None:
    """End the server cleanly."""
    place = Home.named(home, os.environ)
    click.echo(f"Neo4j {'stopped' if server.stop(place) else 'was not running'} (home {place.path})")


@commands.command()
@_HOME
def status(home: Path | None) -> None:
    """Say whether the server runs, and how to use it; exit status 1 if it does not run."""
    place = Home.named(home, os.environ)
    present = server.running(place)
    if present is None:
        click.echo(f"Neo4j does not run (home {place.path})")
        sys.exit(1)
    click.echo(usage(place, present, state="runs" if answers(place, present) else "starts or stops"))


@commands.command(context_settings={"ignore_unknown_options": True})
@_HOME
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def admin(home: Path | None, words: tuple[str, ...]) -> None:
    """Run neo4j-admin with WORDS, for example: database import full neo4j --nodes=…

    Names of files are looked for where you are.
    """
    said = server.admin(Home.named(home, os.environ), *words, environment=os.environ, directory=Path.cwd())
    click.echo(said, nl=False)


def usage(home: Home, running: Running, *, state: str) -> str:
    """What a user copies to reach a server; the password is named by its file."""
    lines = [
        f"Neo4j {NEO4J_VERSION} {state} (home {home.path}, process {running.process})",
        f"  export GRAPHFRAUD_STORE={running.uri}",
        f"  export GRAPHFRAUD_NEO4J_USER={USER}",
        f'  export GRAPHFRAUD_NEO4J_PASSWORD="$(cat {shlex.quote(str(home.password_file))})"',
    ]
    if running.browser_port:
        lines.append(f"  Neo4j Browser: http://{LOOPBACK}:{running.browser_port}/browser/")
    return "\n".join(lines)


def main() -> None:
    """Run the command line; a failure is one line on standard error."""
    try:
        commands()
    except GraphfraudError as error:
        click.echo(f"error: {error.message}", err=True)
        sys.exit(error.exit_status)


if __name__ == "__main__":
    main()
