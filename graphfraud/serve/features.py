"""GET and POST /graph-features: values by person, by column, or as Arrow."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from graphfraud.errors import NotFoundError
from graphfraud.serve.answers import (
    FeatureQuestion,
    FeaturesOfOne,
    FeatureValue,
    PeopleFeatures,
    PersonFeatures,
    PersonStatus,
    Status,
)
from graphfraud.serve.exchange import JSON, Answer, Call
from graphfraud.serve.problems import unknown_name
from graphfraud.serve.question import accepted, decode
from graphfraud.serve.view import NO_ROW, Matrix, Rows, RunView

COLUMNS: Final = b"application/vnd.graphfraud.columns+json"
ARROW: Final = b"application/vnd.apache.arrow.stream"
OFFERS: Final = (JSON, COLUMNS, ARROW)
ARROW_DTYPES: Final = {"int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}

Slots = Sequence[int]


def features_of_one(view: RunView, call: Call) -> Answer:
    """One person's features; an unknown person is a NotFoundError."""
    names = call.query.get("features")
    slots = slots_of(view, None if names is None else names.split(","), "query")
    row = view.people.row(call.path_id)
    if row == NO_ROW:
        raise NotFoundError("no such person", where=f"run {view.run_id}", cure="check the id")
    content = PersonFeatures(
        run_id=view.run_id,
        snapshot_digest=view.snapshot_digest,
        model_version=view.model_version,
        person_id=call.path_id,
        features=_by_value(view, view.people.matrix[row].tolist(), slots, _status(view, call)),
    )
    return Answer(msgspec.json.encode(content))


def features_of_many(view: RunView, call: Call) -> Answer:
    """Many people's features in the order asked, in the content type that is accepted."""
    form = accepted(call.accept, OFFERS)
    question = decode(call.body, FeatureQuestion)
    slots = slots_of(view, question.features, "features")
    rows = view.people.rows(question.person_ids)
    answer = {JSON: _people, COLUMNS: _columns, ARROW: _arrow}[form]
    return Answer(answer(view, question.person_ids, rows, slots, _status(view, call)), content_type=form)


def slots_of(view: RunView, names: Sequence[str] | None, where: str) -> Slots:
    """Places of the named features in a row, each once; without names, of all.

    Raises:
        UnprocessableError: a name is not in the catalogue; it lists the nearest ones.
    """
    if names is None:
        return range(len(view.catalogue))
    for name in names:
        if name not in view.slots:
            raise unknown_name("feature", name[:128], tuple(view.slots), where)
    return [view.slots[name] for name in dict.fromkeys(names)]


def _status(view: RunView, call: Call) -> Status:
    """Status of every value that is there: stale once the run is older than the service tolerates."""
    return "stale" if view.as_of.timestamp() < call.fresh_since else "present"


def _by_value(view: RunView, values: list[float], slots: Slots, status: Status) -> dict[str, FeatureValue]:
    as_of, catalogue, casts = view.as_of_text, view.catalogue, view.casts
    missing = FeatureValue(None, "missing", as_of)
    # Only NaN differs from itself, and NaN says missing.
    return {
        catalogue[slot].name: FeatureValue(casts[slot](value), status, as_of) if value == value else missing
        for slot, value in ((slot, values[slot]) for slot in slots)
    }


def _people(view: RunView, person_ids: list[str], rows: Rows, slots: Slots, status: Status) -> bytes:
    values = _block(view, rows, range(len(view.catalogue))).tolist()
    people = [
        FeaturesOfOne(person_id, "present", _by_value(view, values[place], slots, status))
        if rows[place] != NO_ROW
        else FeaturesOfOne(person_id, "unknown_person", {})
        for place, person_id in enumerate(person_ids)
    ]
    return msgspec.json.encode(
        PeopleFeatures(
            run_id=view.run_id, snapshot_digest=view.snapshot_digest, model_version=view.model_version, people=people
        )
    )


def _columns(view: RunView, person_ids: list[str], rows: Rows, slots: Slots, status: Status) -> bytes:
    block = _block(view, rows, slots).T.copy()
    features = {
        view.catalogue[slot].name: {
            "values": _json_column(column, view.catalogue[slot].dtype),
            "status": status,
            "as_of": view.as_of_text,
        }
        for slot, column in zip(slots, block, strict=True)
    }
    content = {
        "run_id": view.run_id,
        "snapshot_digest": view.snapshot_digest,
        "model_version": view.model_version,
        "person_ids": person_ids,
        "status": _known(rows),
        "features": features,
    }
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)


def _json_column(column: npt.NDArray[np.float64], dtype: str) -> npt.NDArray[Any] | list[int | bool | None]:
    if dtype == "float":
        return column
    kind = np.int64 if dtype == "int" else np.bool_
    missing = np.isnan(column)
    whole: npt.NDArray[Any] = np.where(missing, 0, column).astype(kind)
    if not missing.any():
        return whole
    return [None if gone else value for value, gone in zip(whole.tolist(), missing.tolist(), strict=True)]


def _arrow(view: RunView, person_ids: list[str], rows: Rows, slots: Slots, status: Status) -> bytes:
    block = _block(view, rows, slots).T.copy()
    columns = [pa.array(person_ids, pa.string()), pa.array(_known(rows), pa.string())]
    fields = [pa.field("person_id", pa.string(), nullable=False), pa.field("status", pa.string(), nullable=False)]
    for slot, column in zip(slots, block, strict=True):
        entry = view.catalogue[slot]
        columns.append(pa.array(column, from_pandas=True).cast(pa.float64()).cast(ARROW_DTYPES[entry.dtype]))
        fields.append(pa.field(entry.name, ARROW_DTYPES[entry.dtype], metadata={"unit": entry.unit}))
    identity = {
        "run_id": view.run_id,
        "snapshot_digest": view.snapshot_digest,
        "model_version": view.model_version,
        "as_of": view.as_of_text,
        "value_status": status,
    }
    batch = pa.record_batch(columns, schema=pa.schema(fields, metadata=identity))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _block(view: RunView, rows: Rows, slots: Slots) -> Matrix:
    """Values of the people asked, a row each; NaN for everybody who is not known."""
    matrix = view.people.matrix
    if not len(matrix):
        return np.full((len(rows), len(slots)), np.nan)
    block = matrix[np.maximum(rows, 0)]
    block[rows == NO_ROW] = np.nan
    return block if len(slots) == matrix.shape[1] and isinstance(slots, range) else block[:, list(slots)]


def _known(rows: Rows) -> list[PersonStatus]:
    return ["unknown_person" if row == NO_ROW else "present" for row in rows.tolist()]
