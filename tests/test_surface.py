"""The public surface: commands, options, routes, tables and features; a change here is a change users see."""

from pathlib import Path

import click

from graphfraud import cli, schema
from graphfraud.features.catalogue import CATALOGUE
from graphfraud.publish.manifest import TABLES

PINNED = Path(__file__).with_name("surface.txt")


def commands(group: click.Group, words: str = "") -> list[str]:
    """Every command with its arguments and options."""
    lines = []
    for name, command in sorted(group.commands.items()):
        path = f"{words} {name}".strip()
        if isinstance(command, click.Group):
            lines += commands(command, path)
            continue
        given = [
            option.opts[0] if isinstance(option, click.Option) else option.human_readable_name
            for option in command.params
        ]
        lines.append(f"command {path}: {' '.join(sorted(given))}")
    return lines


def surface() -> str:
    lines = commands(cli.cli)
    for table in schema.TABLES:
        columns = " ".join(f"{c.name}{'*' if c.key else ''}{'?' if c.optional else ''}" for c in table.columns)
        lines.append(f"table {table.name}: {columns}")
    lines += [f"published {name}" for name in TABLES]
    lines += [f"feature {entry.name}: {entry.part} {entry.dtype} [{entry.unit}]" for entry in CATALOGUE]
    return "\n".join(lines) + "\n"


def test_the_surface_is_the_pinned_one() -> None:
    """To change it on purpose: ``python -c "from tests.test_surface import *; PINNED.write_text(surface())"``."""
    assert surface() == PINNED.read_text(encoding="utf-8")
