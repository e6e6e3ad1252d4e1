"""What people do at the desk, by whatever way they come in: the service and the page call the same.

Whatever is done is done on a queue that knows the alerts of the run at hand.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow.parquet as pq

from graphfraud.desk import labels as desk_labels
from graphfraud.desk import queue
from graphfraud.errors import NotFoundError
from graphfraud.moments import epoch_us
from graphfraud.serve.answers import LabelGiven, ListQuestion
from graphfraud.serve.desk import Desk
from graphfraud.serve.view import NO_ROW, RunView

Place = tuple[int, int, str]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Casework:
    """A desk beside a directory of runs."""

    desk: Desk
    runs: Path

    def alerts(self, view: RunView, *, state: str | None, after: Place | None, limit: int) -> list[queue.Alert]:
        """Alerts, the gravest first, from behind the place of the last one seen."""
        return self._work(view, lambda c, now: queue.queue(c, state=state, after=after, limit=limit, now=now))

    def alert(self, view: RunView, alert_id: str) -> queue.Alert:
        """One alert with its notes."""
        return self._work(view, lambda c, now: queue.one_alert(c, alert_id, now))

    def take(self, view: RunView, alert_id: str, *, author: str) -> queue.Alert:
        """Take an alert, or the next free one, for half an hour."""
        return self._work(view, lambda c, now: queue.take(c, alert_id, author=author, now=now))

    def comment(self, view: RunView, alert_id: str, *, author: str, text: str) -> queue.Alert:
        """Add a comment."""
        return self._work(view, lambda c, now: queue.comment(c, alert_id, author=author, at=now, text=text))

    def settle(self, view: RunView, alert_id: str, verdict: queue.Verdict, *, author: str, text: str) -> queue.Alert:
        """Settle an alert that the author has taken; its people get their labels."""

        def settle(connection: Any, now: int) -> queue.Alert:
            people = people_of(view, queue.one_alert(connection, alert_id, now))
            return queue.settle(connection, alert_id, queue.Settling(verdict, author, now, text, people))

        return self._work(view, settle)

    def label(self, view: RunView, asked: Sequence[LabelGiven], *, author: str) -> None:
        """Label people for the next night; a label without a time is from now.

        Raises:
            NotFoundError: the run does not know one of them.
        """
        unknown = np.flatnonzero(view.people.rows([one.person_id for one in asked]) == NO_ROW)
        if len(unknown):
            raise NotFoundError(f"labels[{unknown[0]}] names nobody of the run", where="body", cure="check the id")

        def keep(connection: Any, now: int) -> None:
            given = [
                desk_labels.Label(
                    one.person_id, one.label, min(epoch_us(one.at), now) if one.at else now, one.ring_id, author
                )
                for one in asked
            ]
            desk_labels.add_labels(connection, given)

        self._work(view, keep)

    def put_on_list(self, view: RunView, asked: ListQuestion, *, author: str) -> None:
        """Put somebody or something on a list, or change its entry; the next night knows it.

        An entry whose ``until`` is over is in force no more: so somebody is taken off.
        """

        def keep(connection: Any, now: int) -> None:
            until = epoch_us(asked.until) if asked.until else None
            what = (asked.list, asked.target_kind, asked.target_id, asked.reason)
            desk_labels.add_listing(connection, desk_labels.Listing(*what, now, until, author))

        self._work(view, keep)

    def about(self, person_id: str) -> desk_labels.About:
        """What people said of a person: labels, and entries of lists, the newest first."""
        return self.desk.work(lambda connection, _: desk_labels.about(connection, person_id))

    def _work(self, view: RunView, task: Callable[[Any, int], Result]) -> Result:
        """Do a task on a queue that knows the alerts of the run."""

        def in_step(connection: Any, now: int) -> Result:
            if not queue.knows(connection, view.run_id):
                path = self.runs / view.run_id / "alerts.parquet"
                rows = [_row(row) for row in pq.read_table(path).to_pylist()] if path.exists() else []
                queue.take_in(connection, view.run_id, epoch_us(view.as_of), rows)
            return task(connection, now)

        return self.desk.work(in_step)


def people_of(view: RunView, alert: Mapping[str, Any]) -> tuple[str, ...]:
    """The people whom an alert is about: its target, or the members of its ring in the current run."""
    if alert["target_kind"] == "person":
        return (alert["target_id"],)
    row = view.ranking.row(alert["target_id"])
    if row == NO_ROW:
        return ()
    return tuple(member["person_id"] for member in view.ranking.members_of(view.ranking.ring(row)))


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "first_seen_at": epoch_us(row["first_seen_at"])}
