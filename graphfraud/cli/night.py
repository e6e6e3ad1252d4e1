"""Commands of the night: the demonstration, the whole batch, its evaluation, and the way back."""

import os
import time
from pathlib import Path

import click

from graphfraud.cli.common import DIRECTORY, PATH, Common, common
from graphfraud.demo import DemoOptions, demo, known_by
from graphfraud.errors import NotFoundError, UsageError
from graphfraud.evaluate import evaluate
from graphfraud.handover import load_desk
from graphfraud.loading import LoadOptions, as_of_of, load_once
from graphfraud.pipeline import STAGES, Night, into_graph, nightly
from graphfraud.presentation import loaded_json, published_json, show_night
from graphfraud.publish.manifest import written
from graphfraud.screen import NightProgress
from graphfraud.serve.compiled import compile_ahead
from graphfraud.serve.server import serve
from graphfraud.sources.pseudonym import read_key


@click.command("demo")
@click.option("--people", type=click.IntRange(200), default=5000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--dir", "directory", type=PATH, default=Path("graphfraud-demo"), show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Stop after the night.")
@common
def demo_command(common: Common, people: int, seed: int, directory: Path, port: int, no_serve: bool) -> None:
    """Make a world, run a night on it, show the worst rings, then serve."""
    options = DemoOptions(directory, people=people, seed=seed, settings=common.settings, resources=common.resources)
    with NightProgress(common.screen, STAGES) as progress:
        shown = demo(options, observer=progress)
    show_night(common.screen, shown.published, shown.loaded)
    common.screen.say(shown.found)
    if not no_serve:
        common.screen.say("\nServing on loopback without keys, for this demonstration only. Ctrl-C stops it.")
        common.screen.say(f"Try: curl 'http://127.0.0.1:{port}/graph-features/{shown.person_id}?features=friends'")
        serve(options.runs, host="127.0.0.1", port=port, workers=1, insecure=True, keys=directory / "api-keys.json")


@click.command("nightly")
@click.option("--data", type=DIRECTORY, help="Load this directory first.")
@click.option("--as-of", metavar="TIME", help="ISO 8601; default: DATA/as_of.txt, else now.")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True)
@click.option("--no-labels", is_flag=True, help="Use no label.")
@click.option("--max-rejects", type=click.FloatRange(0, 1), default=0.01, show_default=True, help="Share of a table.")
@common
def nightly_command(
    common: Common, data: Path | None, as_of: str | None, engine: str, no_labels: bool, max_rejects: float
) -> None:
    """Run the whole night: features, rings, debt and scores, published as one run."""
    if engine == "spark":
        raise UsageError("the Spark engine is not part of this version", where="--engine", cure="use --engine local")
    moment = as_of_of(data, as_of, now=time.time_ns() // 1000)
    common.screen.note(f"as-of {written(moment)}")
    loaded = None
    with NightProgress(common.screen, STAGES) as progress:
        if data is not None:
            options = LoadOptions(data, read_key(os.environ), max_rejects=max_rejects)
            loaded = load_once(common.store, options, home=common.runs_home / "load", resources=common.resources)
        if common.has_desk:
            load_desk(common.store, common.desk, home=common.runs_home, resources=common.resources)
        night = Night(moment, common.settings, labels=not no_labels, resources=common.resources)
        rejects = loaded.rejects if loaded else None
        published = nightly(common.store, common.runs, night, observer=progress, rejects=rejects)
    common.screen.result(published_json(published) | ({"load": loaded_json(loaded)} if loaded else {}))
    show_night(common.screen, published, loaded)
    compile_ahead()  # the first start of the service after an installation would wait for it


@click.command("evaluate")
@click.option("--truth", envvar="GRAPHFRAUD_TRUTH", type=DIRECTORY, required=True, help="A world's truth directory.")
@common
def evaluate_command(common: Common, truth: Path) -> None:
    """Precision, recall, calibration and fairness of the current run against a truth."""
    run = common.runs.must_have_current()
    found = evaluate(run.path, truth, **known_by(common.store, run)).as_dict()
    common.screen.result(found)
    kinds = found.pop("by_kind")
    plain = [(name, value) for name, value in found.items() if not isinstance(value, dict)]
    parts = [
        (f"{name}.{part}", value)
        for name, whole in found.items()
        if isinstance(whole, dict)
        for part, value in whole.items()
    ]
    common.screen.table("Against the truth", ("measure", "value"), plain + parts)
    rows = [
        (kind, of["true"], of["reported"], of["quality"]["precision"], of["quality"]["recall"])
        for kind, of in kinds.items()
    ]
    common.screen.table("By kind", ("kind", "true", "reported", "precision", "recall"), rows)


@click.command("rollback")
@click.argument("run_id")
@common
def rollback_command(common: Common, run_id: str) -> None:
    """Make an earlier run current again."""
    run = common.runs.get(run_id)
    if run is None:
        known = ", ".join(found.run_id for found in common.runs.all()[-5:]) or "none"
        raise NotFoundError(f"no run {run_id!r}", where=str(common.runs_home), cure=f"the newest runs are: {known}")
    common.runs.switch(run)
    into_graph(common.store, run, lease_seconds=common.settings.runs.lease_seconds)
    common.screen.result({"current": run.run_id})
    common.screen.say(f"{run.run_id} is current")
