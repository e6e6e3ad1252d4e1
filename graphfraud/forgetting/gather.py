"""Everything that is kept about one person, as one document for that person."""

from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphfraud.errors import NotFoundError
from graphfraud.forgetting.decisions import decisions_of
from graphfraud.forgetting.desk import rows_at_desk
from graphfraud.forgetting.naming import named
from graphfraud.forgetting.places import Places
from graphfraud.forgetting.runs import PEOPLE_COLUMNS
from graphfraud.publish.manifest import TABLES as PUBLISHED
from graphfraud.publish.serving import person_token
from graphfraud.schema import TABLES
from graphfraud.serve.audit import Event, add_event, events_about


def export_person(places: Places, person_id: str, *, who: str, now: datetime) -> dict[str, Any]:
    """Rows of the store, runs and desk, decisions, and who read them when; money is fen in the rows of the store.

    Raises:
        NotFoundError: nothing is kept about such a person.
    """
    with named(places, person_id) as found:
        rows = {table.name: found.rows(table).to_pylist() for table in TABLES}
    stored = {name: table for name, table in rows.items() if table}
    runs = {run.run_id: _of_run(run.path, person_id) for run in places.runs.all()}
    published = {run_id: tables for run_id, tables in runs.items() if tables}
    desk = rows_at_desk(places.desk, person_id) if places.desk else {}
    decisions = decisions_of(places.runs.home, person_id)
    if not stored and not published and not decisions and not any(desk.values()):
        raise NotFoundError("nothing is kept about this person", where="export-person", cure="check the id")
    token = person_token(person_id).hex()
    reads = events_about(places.audit, token)
    add_event(places.audit, Event(at=now, who=who, what="export-person", people=token))
    kept = {"tables": stored, "runs": published, "desk": desk, "decisions": decisions}
    return {"person_id": person_id, **kept, "reads": reads}


def _of_run(run: Any, person_id: str) -> dict[str, Any]:
    found = {}
    for name in PUBLISHED:
        path = run / f"{name}.parquet"
        if path.exists() and (rows := _about(pq.read_table(path), person_id)):
            found[name] = rows
    return found


def _about(table: pa.Table, person_id: str) -> list[dict[str, Any]]:
    names = [name for name in PEOPLE_COLUMNS if name in table.column_names]
    if not names:
        return []
    marks = [pc.fill_null(pc.equal(table.column(name), person_id), False) for name in names]
    whole = marks[0]
    for mark in marks[1:]:
        whole = pc.or_(whole, mark)
    found: list[dict[str, Any]] = table.filter(whole).to_pylist()
    return found
