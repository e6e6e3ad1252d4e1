"""What a view of the page stands on: the current run, the library, the desk, the audit log, and who may come in."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from graphfraud import moments
from graphfraud.errors import NotFoundError
from graphfraud.forgetting import Places
from graphfraud.investigate.investigator import Investigator
from graphfraud.page.session import Sessions
from graphfraud.publish.runs import Run, Runs
from graphfraud.serve.audit import Audit
from graphfraud.serve.casework import Casework
from graphfraud.serve.current import made_as
from graphfraud.serve.view import NO_ROW, Row, RunView

SAMPLE: Final = 20_000
"""People from whom the percentiles of a feature are taken, evenly spaced over all."""


@dataclass(frozen=True)
class Shown:
    """One run, opened once and kept while it is current."""

    run: Run
    view: RunView

    @cached_property
    def percentiles(self) -> npt.NDArray[np.float64]:
        """The 0th to 100th percentile of each feature, a column each."""
        matrix = self.view.people.matrix
        step = max(1, len(matrix) // SAMPLE)
        with np.errstate(all="ignore"):
            columns = [np.nanpercentile(column, range(101)) if np.isfinite(column).any() else np.full(101, np.nan)
                       for column in np.asarray(matrix[::step]).T]  # fmt: skip
        return np.stack(columns, axis=1) if columns else np.empty((101, 0))

    @cached_property
    def decisions(self) -> dict[str, int]:
        """How many people are approved, reviewed, declined."""
        return _counted(self.run, "scores", "decision")

    def person(self, person_id: str) -> "PersonCase":
        """All that the run says of one person.

        Raises:
            NotFoundError: the run does not know the person.

        Cost: one binary search and a few rows of mapped files.
        """
        row = self.view.people.row(person_id)
        if row == NO_ROW:
            raise NotFoundError(f"no person {person_id!r}", where=self.run.run_id, cure="check the id")
        rows = np.array([row])
        values = self.view.people.matrix[row]
        places = [_percentile(self.percentiles[:, slot], value) for slot, value in enumerate(values)]
        return PersonCase(person_id, self.view.scores_of(rows)[0], self.view.debts_of(rows)[0],
                          [float(value) for value in values], places)  # fmt: skip

    def ring(self, ring_id: str) -> Row:
        """A ring with its members and evidence.

        Raises:
            NotFoundError: the run has no such ring.
        """
        rank = self.view.ranking.row(ring_id)
        if rank == NO_ROW:
            raise NotFoundError(f"no ring {ring_id!r}", where=self.run.run_id, cure="look at the list of rings")
        ring = self.view.ranking.ring(rank)
        return ring | {"members": self.view.ranking.members_of(ring), "evidence": self.view.ranking.evidence_of(ring)}

    def rings(self, *, kind: str | None = None, min_score: float = 0.0, limit: int = 1000) -> list[Row]:
        """Rings, the worst first."""
        ranking = self.view.ranking
        known = kind is None or kind in ranking.rings.column("kind").dictionary.to_pylist()
        ranks = ranking.ranked(kind=kind, min_score=min_score, after=0, limit=limit) if known else []
        return [ranking.ring(rank) for rank in ranks]


@dataclass(frozen=True)
class PersonCase:
    """A person as the run has them; percentiles stand beside the features in the order of the catalogue."""

    person_id: str
    score: Row | None
    debt: Row | None
    values: list[float]
    percentiles: list[float | None]


@dataclass
class Room:
    """One for the process; the desk and the audit log are those of the service and the command line."""

    runs: Runs
    investigator: Investigator
    casework: Casework
    audit: Audit
    places: Places
    """Wherever something about a person may be kept, for forgetting."""
    sessions: Sessions
    _open: dict[tuple[str, int | None], Shown] = field(default_factory=dict)

    @property
    def shown(self) -> Shown:
        """The current run; one that was made anew, because somebody was forgotten, is opened anew.

        Raises:
            RunError: nothing was published, or it cannot be opened.
        """
        run = self.runs.must_have_current()
        key = (run.run_id, made_as(run.path))
        if key not in self._open:
            opened = Shown(run, RunView.open(run.path))
            _ = opened.percentiles  # here, so that no person's page waits for it
            self._open.clear()
            self._open[key] = opened
        return self._open[key]

    @property
    def parent(self) -> Run | None:
        """The run before the current one, if it is still there."""
        return self.runs.get(self.shown.run.manifest.get("parent_run") or "-")

    def drift(self) -> list[tuple[str, Any, Any]]:
        """What the run before had, and what this one has."""
        parent = self.parent
        if parent is None:
            return []
        now = self.shown.run
        before, after = _counted(parent, "scores", "decision"), self.shown.decisions
        rows = [(name, before.get(name, 0), after.get(name, 0)) for name in ("approve", "review", "decline")]
        counts = [
            (name, parent.manifest["rows"].get(name), now.manifest["rows"].get(name)) for name in ("rings", "alerts")
        ]
        return rows + counts


def _percentile(whole: npt.NDArray[np.float64], value: float) -> float | None:
    """Where a value stands among the percentiles of all; one that many share stands in the middle of them.

    >>> _percentile(np.array([0.0] * 91 + [1.0] * 10), 0.0)
    45.0
    """
    if not np.isfinite(value):
        return None
    below = int(np.searchsorted(whole, value, side="left"))
    up_to = int(np.searchsorted(whole, value, side="right"))
    return max(0.0, (below + up_to - 1) / 2)


def moment(value: Any) -> str:
    """A time, or UTC microseconds, as the page shows it.

    >>> moment("2026-01-31T13:45:00Z")
    '2026-01-31 13:45'
    """
    if isinstance(value, int):
        value = moments.moment(value)
    if isinstance(value, datetime):
        value = value.isoformat()
    return str(value)[:16].replace("T", " ") if value else ""


def _counted(run: Run, table: str, column: str) -> dict[str, int]:
    found = pq.read_table(run.table(table), columns=[column]).column(column).value_counts()
    return {row["values"]: row["counts"] for row in found.to_pylist()}
