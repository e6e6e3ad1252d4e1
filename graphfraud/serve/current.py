"""Which run is current: follows the link RUNS/current and opens what it points to."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from graphfraud.errors import RunError
from graphfraud.serve.view import RunView

LINK: Final = "current"
CHECK_EVERY_S: Final = 0.25
"""The link is read at most so often; a switch is seen by the next request after that."""

LOOKS, PAUSE_S = 4, 0.005
"""A link that is not there is looked for so often, so long apart: a worker that just started has no run to keep."""

log = logging.getLogger(__name__)


class CurrentRun:
    """Hands out the view of the current run.

    A request takes one view and keeps it to its end; an old view lives until its
    last request is done. ``clock`` gives seconds that never go back. A run that cannot
    be opened is reported once, tried again at every check, and the old one kept. A link that
    is gone is believed at the second check: while it is replaced, some file systems show none.
    """

    def __init__(self, runs: Path, clock: Callable[[], float]) -> None:
        self.runs = runs
        self.failures = 0
        self._clock = clock
        self._checked = -CHECK_EVERY_S
        self._missing = False
        self._target: str | None = None
        self._made: int | None = None
        self._view: RunView | None = None
        self._failed: tuple[str, RunError] | None = None

    def view(self) -> RunView:
        """The view of the current run.

        Raises:
            RunError: no run is published, or the first one seen cannot be opened.
        """
        now = self._clock()
        if now - self._checked >= CHECK_EVERY_S:
            self._checked = now
            self._follow()
        if self._view is None:
            raise _again(self._failed[1]) if self._failed else _unpublished(self.runs)
        return self._view

    def _follow(self) -> None:
        target = _target(self.runs)
        missing, self._missing = self._missing, target is None
        if target is None:
            if missing or self._view is None:
                self._target = self._view = self._failed = None
            return
        made = made_as(self.runs / target)
        if target != self._target or (made is not None and made != self._made):
            self._open(target, made)

    def _open(self, target: str, made: int | None) -> None:
        try:
            view = RunView.open(self.runs / target)
            if view.run_id != target:
                raise RunError(
                    "the manifest names another run than its directory", where=target, cure="run the night again"
                )
        except RunError as error:
            self._report(target, error)
        else:
            self._view, self._target, self._made, self._failed = view, target, made, None

    def _report(self, target: str, error: RunError) -> None:
        if self._failed is None or self._failed[0] != target:
            self.failures += 1
            log.error("%s", error.message)
        self._failed = (target, error)


def _target(runs: Path) -> str | None:
    """Name of the run that the link points to, None without a link that names a neighbour."""
    for look in range(LOOKS):
        if look:
            time.sleep(PAUSE_S)
        try:
            target = str((runs / LINK).readlink())
        except OSError:
            continue
        return target if target == Path(target).name and target != ".." else None
    return None


def made_as(run: Path) -> int | None:
    """Which directory a run is: forgetting somebody makes it anew, under the same name."""
    try:
        return run.stat().st_ino
    except OSError:
        return None


def _unpublished(runs: Path) -> RunError:
    return RunError("no run is published", where=runs.name, cure="run graphfraud nightly")


def _again(error: RunError) -> RunError:
    # One instance raised for ever would grow a traceback with every request.
    return RunError(error.what, where=error.where, cure=error.cure)
