"""What every command takes: where the store and the runs are, the configuration, the screen."""

import getpass
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec

import click

from graphfraud.publish.runs import Runs
from graphfraud.publish.serving import person_tokens
from graphfraud.screen import Screen
from graphfraud.serve.audit import Event, add_event
from graphfraud.settings import Settings, read_settings
from graphfraud.snapshot.build import Resources
from graphfraud.store.base import Store
from graphfraud.store.opening import open_store

P = ParamSpec("P")

DEFAULT_STORE: Final = "graphfraud-data"
STATE_VARIABLE: Final = "GRAPHFRAUD_STATE"
AUDIT_VARIABLE: Final = "GRAPHFRAUD_AUDIT"
PATH: Final = click.Path(path_type=Path)
DIRECTORY: Final = click.Path(path_type=Path, exists=True, file_okay=False)


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
    def desk(self) -> str:
        """The address of the desk's database: alerts, labels, sessions."""
        beside = (self.runs_home.parent / "desk.sqlite").absolute()
        return os.environ.get(STATE_VARIABLE) or f"sqlite:///{beside}"

    @property
    def has_desk(self) -> bool:
        """Whether a desk was ever opened; a file that is not there is not made by looking."""
        path = Path(self.desk.removeprefix("sqlite:///"))
        return not self.desk.startswith("sqlite:///") or path.exists()

    @property
    def audit(self) -> Path:
        """The folder of the audit log."""
        return Path(os.environ.get(AUDIT_VARIABLE) or self.runs_home.parent / "audit")

    @property
    def runs(self) -> Runs:
        """The runs in ``--runs``."""
        return Runs(self.runs_home)


def noted(common: Common, what: str, run_id: str, people: Iterable[str], *, purpose: str = "", more: str = "") -> None:
    """Write into the audit log who looked at whom, before anything is shown.

    Raises:
        AuditError: it cannot be written.
    """
    event = Event(datetime.now(UTC), at_the_command_line(), what, run_id, person_tokens(people), purpose, more)
    add_event(common.audit, event)


def at_the_command_line() -> str:
    """Who asks, as the audit log has it."""
    return f"command line: {getpass.getuser()}"


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


_COMMON_OPTIONS = (
    click.option(
        "--store", envvar="GRAPHFRAUD_STORE", default=DEFAULT_STORE, show_default=True, help="Where tables are."
    ),
    click.option("--runs", envvar="GRAPHFRAUD_RUNS", type=PATH, help="Where runs are. [graphfraud-data/runs]"),
    click.option("--config", envvar="GRAPHFRAUD_CONFIG", type=PATH, help="Settings, a TOML file."),
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
