"""The outermost shell: finds the command that is asked for, and turns every failure into a line with its cure."""

import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Final

import click

import graphfraud
from graphfraud.errors import GraphfraudError
from graphfraud.screen import Screen

COMMANDS: Final[Mapping[str, str]] = {
    "demo": "night:demo_command",
    "generate": "data:generate_command",
    "import": "data:import_command",
    "load": "data:load_command",
    "nightly": "night:nightly_command",
    "serve": "service:serve_command",
    "page": "page:page_command",
    "keys": "service:keys_group",
    "users": "service:users_group",
    "find": "find:find_command",
    "audit": "oversight:audit_group",
    "forget": "oversight:forget_command",
    "export-person": "oversight:export_person_command",
    "ring": "look:ring_command",
    "score": "look:score_command",
    "debt": "debt:debt_command",
    "stress": "debt:stress_command",
    "query": "queries:query_command",
    "queries": "queries:queries_command",
    "card": "card:card_group",
    "fit-card": "card:fit_card",
    "replay": "look:replay_command",
    "evaluate": "night:evaluate_command",
    "rollback": "night:rollback_command",
    "doctor": "doctor:doctor_command",
}
"""Every command: the module under ``graphfraud.cli`` and the name in it."""


class Commands(MutableMapping[str, click.Command]):
    """Commands by name, each imported only when it is asked for: nobody waits for what another command needs."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = dict(places)
        self._found: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._found:
            module, _, attribute = self._places[name].partition(":")
            self._found[name] = getattr(import_module(f"graphfraud.cli.{module}"), attribute)
        return self._found[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._places[name], self._found[name] = "", command

    def __delitem__(self, name: str) -> None:
        del self._places[name]
        self._found.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@click.group(
    commands=Commands(COMMANDS), context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(graphfraud.__version__, prog_name="graphfraud")
def cli() -> None:
    """Who is in it together: fraud rings, shared debt and an explained score."""


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
