"""What a person sees: tables, progress and errors; or one JSON document for a machine."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from graphfraud.errors import GraphfraudError
from graphfraud.publish.manifest import Cost

LOG_WIDTH = int(os.environ.get("COLUMNS", "120"))
"""Width of tables in a file or a pipe."""


@dataclass(frozen=True)
class Screen:
    """Where results go: tables on standard output, or with ``as_json`` a single document; notes on standard error."""

    as_json: bool = False
    out: Console = field(default_factory=lambda: Console(width=None if sys.stdout.isatty() else LOG_WIDTH))
    err: Console = field(default_factory=lambda: Console(stderr=True, soft_wrap=True))

    def result(self, content: Mapping[str, Any]) -> None:
        """The answer of a command for a machine; nothing on a person's screen."""
        if self.as_json:
            sys.stdout.write(json.dumps(content, ensure_ascii=False, default=str) + "\n")

    def say(self, text: str) -> None:
        """A line for a person."""
        if not self.as_json:
            self.out.print(text, highlight=False)

    def note(self, text: str) -> None:
        """A line beside the answer, also when a machine reads the answer."""
        self.err.print(text, highlight=False)

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table for a person; figures stand to the right."""
        if self.as_json:
            return
        content = [[_cell(value) for value in row] for row in rows]
        table = Table(title=title, title_justify="left", header_style="bold")
        for number, name in enumerate(columns):
            figures = bool(content) and all(_is_figure(row[number]) for row in content)
            table.add_column(name, justify="right" if figures else "left", overflow="fold")
        for row in content:
            table.add_row(*(escape(cell) for cell in row))
        self.out.print(table)

    def failed(self, error: GraphfraudError) -> None:
        """An error: what happened, where, and the cure."""
        self.result(
            {"error": {"what": error.what, "where": error.where, "cure": error.cure, "kind": type(error).__name__}}
        )
        self.err.print(f"[bold red]error[/] {escape(error.message)}", highlight=False)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _is_figure(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "").replace("-", "").replace("e", "").replace("%", "").isdigit()


class NightProgress:
    """Shows the stages of a night: a bar on a terminal, plain lines in a log. Use it as a context."""

    def __init__(self, screen: Screen, stages: Sequence[str]) -> None:
        self._screen = screen
        self._stages = stages
        self._bar: Progress | None = None
        self._task = TaskID(0)
        if screen.err.is_terminal:
            columns = (TextColumn("{task.description:<12}"), BarColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=screen.err, transient=True)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("starting", total=len(self._stages))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def started(self, stage: str) -> None:
        """A stage begins."""
        if self._bar:
            self._bar.update(self._task, description=stage)

    def finished(self, stage: str, cost: Cost, *, resumed: bool) -> None:
        """A stage is done, now or in an earlier attempt."""
        if self._bar:
            self._bar.advance(self._task)
        how = "done before" if resumed else f"{cost.seconds:6.1f} s {cost.peak_mb:7,.0f} MB"
        self._screen.note(f"  {stage:<10} {how}")
