"""Trying a card on a published run: everybody scored with the card in force and with the draft."""

import pyarrow as pa
import pyarrow.parquet as pq

from graphfraud.errors import RunError
from graphfraud.moments import epoch_us
from graphfraud.publish.runs import Run
from graphfraud.score.comparison import Trial, trial
from graphfraud.score.entries import Card
from graphfraud.score.scores import Dossiers, scores

MEMBERS = ("person_id", "ring_id", "role")


def dossiers(run: Run) -> Dossiers:
    """What the run's scores were made from, but for what people held before.

    Raises:
        RunError: the run was made by a version that did not publish it.
    """
    if not run.table("standing").exists():
        raise RunError("this run has no standing.parquet", where=run.run_id, cure="run the night again")
    rings = pq.read_table(run.table("rings"), columns=["ring_id", "score"]).rename_columns(["ring_id", "ring_score"])
    members = pq.read_table(run.table("ring_members"), columns=list(MEMBERS)).join(rings, "ring_id")
    features, standing, debt = (pq.read_table(run.table(name)) for name in ("features", "standing", "debt"))
    return Dossiers(_plain(features), _plain(standing), members, _plain(debt))


def tried(run: Run, card: Card, draft: Card, *, zone: str, most: int = 20) -> Trial:
    """Who would change tier or decision, and how far the scores shift, if ``draft`` took the place of ``card``.

    Both sides are assessed afresh, so neither cadence nor margin hides anybody.
    """
    made, as_of = dossiers(run), epoch_us(run.as_of)
    return trial(*(scores(made, card=one, as_of=as_of, zone=zone) for one in (card, draft)), most=most)


def _plain(table: pa.Table) -> pa.Table:
    place = table.schema.get_field_index("person_id")
    return table.set_column(place, "person_id", table.column("person_id").cast(pa.string()))
