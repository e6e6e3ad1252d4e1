"""The directory of runs: which one is current, how a new one appears whole, and how old ones go."""

import json
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from graphfraud.errors import RunError
from graphfraud.store.durable import switch_link, sync_directory, sync_tree

CURRENT: Final = "current"
BUILDING: Final = ".building-"
_SWEPT: Final = ".swept-"


@dataclass(frozen=True)
class Run:
    """One published run: a directory with a manifest, never changed after it appeared."""

    path: Path

    @property
    def run_id(self) -> str:
        """Name of the run: as-of and eight hex digits."""
        return self.path.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the run was made of and how.

        Raises:
            RunError: the manifest cannot be read.
        """
        try:
            content: dict[str, Any] = json.loads((self.path / "manifest.json").read_bytes())
        except (OSError, ValueError) as error:
            raise RunError(
                "this run has no readable manifest", where=str(self.path), cure="graphfraud rollback to another run"
            ) from error
        return content

    @property
    def as_of(self) -> datetime:
        """The moment up to which the run knows everything."""
        return datetime.fromisoformat(self.manifest["as_of"])

    def table(self, name: str) -> Path:
        """Path of a published table."""
        return self.path / f"{name}.parquet"


@dataclass(frozen=True)
class Runs:
    """All runs of one directory."""

    home: Path

    def current(self) -> Run | None:
        """The run that readers see, or None before the first night."""
        link = self.home / CURRENT
        return Run(self.home / link.readlink()) if link.is_symlink() else None

    def must_have_current(self) -> Run:
        """The run that readers see.

        Raises:
            RunError: nothing was published yet.
        """
        run = self.current()
        if run is None:
            raise RunError("no run was published yet", where=str(self.home), cure="graphfraud nightly")
        return run

    def get(self, run_id: str) -> Run | None:
        """A published run by its id."""
        path = self.home / run_id
        known = "/" not in run_id and not run_id.startswith(".") and (path / "manifest.json").is_file()
        return Run(path) if known else None

    def all(self) -> list[Run]:
        """Published runs, oldest as-of first."""
        found = [Run(path) for path in self.home.glob("[0-9]*Z-*") if (path / "manifest.json").is_file()]
        return sorted(found, key=lambda run: run.run_id)

    def parent_of(self, as_of: datetime) -> Run | None:
        """The night before: the current run, or back along its parents, the first with an earlier as-of."""
        run = self.current()
        while run is not None and run.as_of >= as_of:
            parent = run.manifest["parent_run"]
            run = self.get(parent) if parent else None
        return run

    def building(self, key: str) -> Path:
        """Where a night is put together; the same key finds the same unfinished night again."""
        path = self.home / f"{BUILDING}{key}"
        path.mkdir(parents=True, exist_ok=True)
        return path

    def appear(self, building: Path, run_id: str) -> Run:
        """Give a finished directory its name, in one step; a run of that name stays as it is."""
        run = self.get(run_id)
        if run is None:
            sync_tree(building)
            building.rename(self.home / run_id)
            sync_directory(self.home)
        return Run(self.home / run_id)

    def switch(self, run: Run) -> None:
        """Make a run current, in one step."""
        switch_link(self.home / CURRENT, run.run_id)

    def sweep(self, *, keep: int, retention_days: int, unfinished: str = "") -> list[str]:
        """Remove runs older than the retention beyond the newest ``keep``, and abandoned unfinished nights.

        The current run and its parent always stay. Returns the ids of the runs removed.
        """
        current = self.must_have_current()
        kept = {current.run_id, current.manifest["parent_run"], *(run.run_id for run in self.all()[-keep:])}
        oldest = time.time() - retention_days * 86_400
        swept = [run for run in self.all() if run.run_id not in kept and run.path.stat().st_mtime < oldest]
        for run in swept:
            run.path.rename(self.home / f"{_SWEPT}{run.run_id}")
        for path in [*self.home.glob(f"{_SWEPT}*"), *self.home.glob(f"{BUILDING}*")]:
            if path.name != f"{BUILDING}{unfinished}":
                shutil.rmtree(path)
        return [run.run_id for run in swept]
