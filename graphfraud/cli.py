"""The command line: words into one call each; it decides nothing."""

import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec

import click

import graphfraud
from graphfraud import inspection
from graphfraud.demo import DemoOptions, demo, known_by
from graphfraud.doctor import findings
from graphfraud.errors import GraphfraudError, NotFoundError, UsageError
from graphfraud.evaluate import evaluate
from graphfraud.loading import LoadOptions, as_of_of, load, load_as_files, load_once
from graphfraud.pipeline import STAGES, Night, into_graph, nightly
from graphfraud.presentation import (
    loaded_json,
    published_json,
    show_loaded,
    show_night,
    show_rejected,
    show_rejected_group,
    show_ring,
)
from graphfraud.publish.manifest import written
from graphfraud.publish.runs import Runs
from graphfraud.score.card import read_card
from graphfraud.screen import NightProgress, Screen
from graphfraud.serve.keys import Scope, create_key, read_keys, revoke_key
from graphfraud.serve.server import serve
from graphfraud.settings import Settings, read_settings
from graphfraud.snapshot.build import Resources
from graphfraud.sources.importers.amlsim import import_amlsim
from graphfraud.sources.importers.finbench import import_finbench
from graphfraud.sources.importers.graphfaker import import_graphfaker
from graphfraud.sources.importers.reconciliation import HEADINGS
from graphfraud.sources.pseudonym import read_key
from graphfraud.store.base import Store
from graphfraud.store.opening import open_store
from graphfraud.worlds import generate

P = ParamSpec("P")

DEFAULT_STORE: Final = "graphfraud-data"
REJECTED_SHOWN: Final = 50
"""Rejected groups in a list."""
IMPORTERS: Final = {"finbench": import_finbench, "amlsim": import_amlsim, "graphfaker": import_graphfaker}


@dataclass(frozen=True)
class Common:
    """Options that every command takes, read from the command line or the environment."""

    store_uri: str
    runs_home: Path
    config: Path | None
    resources: Resources
    screen: Screen

    @property
    def settings(self) -> Settings:
        """The configuration in force."""
        return read_settings(self.config)

    @property
    def store(self) -> Store:
        """The store behind ``--store``."""
        return open_store(self.store_uri, settings=self.settings, environment=os.environ)

    @property
    def runs(self) -> Runs:
        """The runs in ``--runs``."""
        return Runs(self.runs_home)


def common(command: Callable[Concatenate[Common, P], None]) -> Callable[..., None]:
    """Give a command the options that make sense everywhere."""

    def gather(
        store: str, runs: Path | None, config: Path | None, threads: int, memory_mb: int, as_json: bool, **words: Any
    ) -> None:
        home = runs if runs is not None else Path(DEFAULT_STORE) / "runs"
        command(Common(store, home, config, Resources(threads, memory_mb), Screen(as_json)), **words)  # type: ignore[call-arg]  # click passes by name

    gather.__doc__, gather.__name__ = command.__doc__, command.__name__
    gather.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]  # how click collects options
    for option in reversed(_COMMON_OPTIONS):
        gather = option(gather)
    return gather


_PATH = click.Path(path_type=Path)
_DIRECTORY = click.Path(path_type=Path, exists=True, file_okay=False)
_COMMON_OPTIONS = (
    click.option(
        "--store", envvar="GRAPHFRAUD_STORE", default=DEFAULT_STORE, show_default=True, help="Where tables are."
    ),
    click.option("--runs", envvar="GRAPHFRAUD_RUNS", type=_PATH, help="Where runs are. [graphfraud-data/runs]"),
    click.option("--config", envvar="GRAPHFRAUD_CONFIG", type=_PATH, help="Settings, a TOML file."),
    click.option(
        "--threads",
        envvar="GRAPHFRAUD_THREADS",
        type=click.IntRange(1),
        default=os.cpu_count() or 2,
        help="Threads; no answer depends on it.",
    ),
    click.option(
        "--memory-mb",
        envvar="GRAPHFRAUD_MEMORY_MB",
        type=click.IntRange(200),
        default=1500,
        show_default=True,
        help="Memory of the database engine before it spills.",
    ),
    click.option(
        "--json", "as_json", is_flag=True, envvar="GRAPHFRAUD_JSON", help="One JSON document on standard output."
    ),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(graphfraud.__version__, prog_name="graphfraud")
def cli() -> None:
    """Who is in it together: fraud rings, shared debt and an explained score."""


@cli.command("demo")
@click.option("--people", type=click.IntRange(200), default=5000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--dir", "directory", type=_PATH, default=Path("graphfraud-demo"), show_default=True)
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


@cli.command("generate")
@click.argument("directory", type=_PATH)
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


@cli.command("import")
@click.argument("source", type=click.Choice(list(IMPORTERS)))
@click.argument("directory", type=_DIRECTORY)
@click.argument("out", type=_PATH)
@common
def import_command(common: Common, source: str, directory: Path, out: Path) -> None:
    """Turn somebody else's data in DIRECTORY into contract tables in OUT, with a reconciliation."""
    reconciliation = IMPORTERS[source](directory, out)
    common.screen.result({"source": source} | reconciliation.as_json())
    common.screen.table("Reconciliation", HEADINGS, reconciliation.rows())
    common.screen.say(f"next: graphfraud nightly --data {out}")


@cli.command("load")
@click.argument("directory", type=_DIRECTORY)
@click.option("--max-rejects", type=click.FloatRange(0, 1), default=0.01, show_default=True, help="Share of a table.")
@click.option("--replace", multiple=True, metavar="TABLE", help="Replace a table as a whole.")
@click.option("--bulk-files", type=_PATH, metavar="OUT", help="Write files for neo4j-admin instead of loading.")
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


@cli.command("nightly")
@click.option("--data", type=_DIRECTORY, help="Load this directory first.")
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
        night = Night(moment, common.settings, labels=not no_labels, resources=common.resources)
        rejects = loaded.rejects if loaded else None
        published = nightly(common.store, common.runs, night, observer=progress, rejects=rejects)
    common.screen.result(published_json(published) | ({"load": loaded_json(loaded)} if loaded else {}))
    show_night(common.screen, published, loaded)


@cli.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--insecure", is_flag=True, help="No API key; loopback only.")
@common
def serve_command(common: Common, host: str, port: int, workers: int, insecure: bool) -> None:
    """Serve the current run over HTTP."""
    serve(common.runs_home, host=host, port=port, workers=workers, insecure=insecure, keys=_keys_path(common))


@cli.group("keys")
def keys_group() -> None:
    """API keys of the service."""


@keys_group.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    default=("features", "scores"),
)
@common
def keys_create(common: Common, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key and show it once."""
    key = create_key(_keys_path(common), name=name, scopes=tuple(map(Scope, scopes)), now=datetime.now(UTC))
    common.screen.result({"name": name, "key": key, "scopes": list(scopes)})
    common.screen.say(f"{key}\nThis is the only time it is shown; send it as 'Authorization: Bearer …'.")


@keys_group.command("list")
@common
def keys_list(common: Common) -> None:
    """List keys by name; never the keys themselves."""
    rows = [(key.name, " ".join(key.scopes), key.created_at, key.revoked_at) for key in read_keys(_keys_path(common))]
    common.screen.result(
        {"keys": [dict(zip(("name", "scopes", "created_at", "revoked_at"), row, strict=True)) for row in rows]}
    )
    common.screen.table("API keys", ("name", "scopes", "created", "revoked"), rows)


@keys_group.command("revoke")
@click.argument("name")
@common
def keys_revoke(common: Common, name: str) -> None:
    """Revoke a key."""
    revoke_key(_keys_path(common), name=name, now=datetime.now(UTC))
    common.screen.result({"revoked": name})
    common.screen.say(f"{name} is revoked.")


@cli.command("ring")
@click.argument("ring_id", required=False)
@click.option("--explain", is_flag=True, help="With all evidence.")
@click.option("--rejected", is_flag=True, help="List dense groups that are no rings; no RING_ID.")
@common
def ring_command(common: Common, ring_id: str | None, explain: bool, rejected: bool) -> None:
    """Show one ring, or one rejected group (group-…): who, by what, and why."""
    run, screen = common.runs.must_have_current(), common.screen
    if rejected == (ring_id is not None):
        raise UsageError("name one ring, or ask for --rejected", where="ring", cure="graphfraud ring RING_ID --explain")
    if ring_id is None:
        groups = inspection.rejected_groups(run, limit=REJECTED_SHOWN)
        screen.result({"run_id": run.run_id, "rejected_groups": groups})
        show_rejected(screen, groups)
    elif ring_id.startswith("group-"):
        group = inspection.rejected_group_of(run, ring_id)
        screen.result(group)
        show_rejected_group(screen, group)
    else:
        ring = inspection.ring_of(run, ring_id)
        screen.result(ring)
        show_ring(screen, ring, explain=explain)


@cli.command("score")
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


@cli.command("debt")
@click.argument("person_id")
@common
def debt_command(common: Common, person_id: str) -> None:
    """Show what a person owes, answers for, and would cost others."""
    row = inspection.person_row(common.runs.must_have_current(), "debt", person_id)
    common.screen.result(row)
    common.screen.table(f"Debt of {person_id}", ("what", "value"), row.items())


@cli.group("card")
def card_group() -> None:
    """The score card."""


@card_group.command("validate")
@click.argument("card", type=_PATH, required=False)
@common
def card_validate(common: Common, card: Path | None) -> None:
    """Check a card file, or the one that ships with the package."""
    version = read_card(card).version
    common.screen.result({"card": str(card or "built in"), "version": version, "valid": True})
    common.screen.say(f"card {version} is valid")


@cli.command("evaluate")
@click.option("--truth", envvar="GRAPHFRAUD_TRUTH", type=_DIRECTORY, required=True, help="A world's truth directory.")
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


@cli.command("rollback")
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


@cli.command("doctor")
@common
def doctor_command(common: Common) -> None:
    """What is here, what is missing, and how to get it."""
    found = list(findings(common.store_uri, common.runs_home, os.environ))
    common.screen.result({"findings": [asdict(finding) for finding in found]})
    rows = [("yes" if finding.fine else "NO", finding.what, finding.state, finding.cure) for finding in found]
    common.screen.table("Doctor", ("fine", "what", "state", "how to cure it"), rows)
    if not all(finding.fine for finding in found):
        sys.exit(1)


def _keys_path(common: Common) -> Path:
    return Path(os.environ.get("GRAPHFRAUD_API_KEYS", common.runs_home.parent / "api-keys.json"))


def main() -> None:
    """The outermost shell: every failure becomes a line with its cure, and an exit status."""
    as_json = "--json" in sys.argv or os.environ.get("GRAPHFRAUD_JSON", "") not in ("", "0")
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        Screen(as_json).note("stopped; the same command goes on where this one stopped")
        sys.exit(130)
    except GraphfraudError as error:
        Screen(as_json).failed(error)
        sys.exit(error.exit_status)
    except Exception as error:  # noqa: BLE001 - the outermost shell: a user never sees a traceback
        Screen(as_json).failed(_unexpected(error))
        sys.exit(1)


def _unexpected(error: Exception) -> GraphfraudError:
    """Keep the traceback in a private file, and say where."""
    with tempfile.NamedTemporaryFile("w", prefix="graphfraud-error-", suffix=".txt", delete=False) as stream:
        traceback.print_exception(error, file=stream)
    return GraphfraudError(
        f"unexpected failure ({type(error).__name__})",
        where=stream.name,
        cure="send this file to whoever maintains graphfraud",
    )
