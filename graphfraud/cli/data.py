"""Commands that bring data in: a world, somebody else's data, a directory of tables."""

import os
from pathlib import Path
from typing import Final

import click

from graphfraud.cli.common import DIRECTORY, PATH, Common, common
from graphfraud.loading import LoadOptions, load, load_as_files
from graphfraud.presentation import loaded_json, show_loaded
from graphfraud.sources.importers.amlsim import import_amlsim
from graphfraud.sources.importers.finbench import import_finbench
from graphfraud.sources.importers.graphfaker import import_graphfaker
from graphfraud.sources.importers.reconciliation import HEADINGS
from graphfraud.sources.pseudonym import read_key
from graphfraud.worlds import generate

IMPORTERS: Final = {"finbench": import_finbench, "amlsim": import_amlsim, "graphfaker": import_graphfaker}


@click.command("generate")
@click.argument("directory", type=PATH)
@click.option("--people", type=click.IntRange(200), default=5000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--hardness", type=click.Choice(["low", "medium", "high"]), default="medium", show_default=True)
@common
def generate_command(common: Common, directory: Path, people: int, seed: int, hardness: str) -> None:
    """Write a world as contract tables to DIRECTORY, its truth to DIRECTORY/truth."""
    report = generate(directory, people=people, seed=seed, hardness=hardness)
    content = {
        "directory": str(directory),
        "as_of": (directory / "as_of.txt").read_text().strip(),
        "rows": dict(report.rows),
    }
    common.screen.result(
        content | {"rings": report.rings, "ring_members": report.ring_members, "groups": report.groups}
    )
    common.screen.table(f"World in {directory}", ("table", "rows"), report.rows.items())
    common.screen.say(f"as-of {content['as_of']}; next: graphfraud nightly --data {directory}")


@click.command("import")
@click.argument("source", type=click.Choice(list(IMPORTERS)))
@click.argument("directory", type=DIRECTORY)
@click.argument("out", type=PATH)
@common
def import_command(common: Common, source: str, directory: Path, out: Path) -> None:
    """Turn somebody else's data in DIRECTORY into contract tables in OUT, with a reconciliation."""
    reconciliation = IMPORTERS[source](directory, out)
    common.screen.result({"source": source} | reconciliation.as_json())
    common.screen.table("Reconciliation", HEADINGS, reconciliation.rows())
    common.screen.say(f"next: graphfraud nightly --data {out}")


@click.command("load")
@click.argument("directory", type=DIRECTORY)
@click.option("--max-rejects", type=click.FloatRange(0, 1), default=0.01, show_default=True, help="Share of a table.")
@click.option("--replace", multiple=True, metavar="TABLE", help="Replace a table as a whole.")
@click.option("--bulk-files", type=PATH, metavar="OUT", help="Write files for neo4j-admin instead of loading.")
@common
def load_command(
    common: Common, directory: Path, max_rejects: float, replace: tuple[str, ...], bulk_files: Path | None
) -> None:
    """Load the tables of DIRECTORY into the store."""
    options = LoadOptions(directory, read_key(os.environ), max_rejects=max_rejects, replace=replace)
    rejects = common.runs_home / "rejects.parquet"
    if bulk_files is not None:
        loaded = load_as_files(bulk_files, options, rejects=rejects, resources=common.resources)
        common.screen.result(loaded_json(loaded) | {"bulk_files": str(bulk_files)})
        common.screen.say(f"the files and the command to import them: {bulk_files / 'README.md'}")
        return
    loaded = load(common.store, options, rejects=rejects, resources=common.resources)
    common.screen.result(loaded_json(loaded))
    show_loaded(common.screen, loaded)
