"""GET and POST /graph-features: values by person, by column, or as Arrow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from graphfraud.serve.answers import FeatureQuestion, PersonStatus, Status
from graphfraud.serve.arrow import ARROW_DTYPES, TEXTS, Form
from graphfraud.serve.exchange import JSON, Answer, Call
from graphfraud.serve.layout import Slots, json_columns
from graphfraud.serve.person import known_row
from graphfraud.serve.problems import unknown_name
from graphfraud.serve.question import accepted, decode, words
from graphfraud.serve.texts import Column, Texts, repeated, texts
from graphfraud.serve.view import NO_ROW, Matrix, Rows, RunView

COLUMNS: Final = b"application/vnd.graphfraud.columns+json"
ARROW: Final = b"application/vnd.apache.arrow.stream"
OFFERS: Final = (JSON, COLUMNS, ARROW)


def features_of_one(view: RunView, call: Call) -> Answer:
    """One person's features; an unknown person is a NotFoundError."""
    slots = slots_of(view, words(call.query, "features"), "query")
    row = known_row(view, call)
    features = view.layout(slots, _status(view, call)).features(view.people.matrix[row].tolist())
    body = b'%b"person_id":%b,"features":%b}' % (view.head, orjson.dumps(call.path_id), features)
    return Answer(body, read=view.read_of(row))


def features_of_many(view: RunView, call: Call) -> Answer:
    """Many people's features in the order asked, in the content type that is accepted."""
    form = accepted(call.accept, OFFERS)
    question = decode(call.body, FeatureQuestion)
    slots = slots_of(view, question.features, "features")
    ids = texts(question.person_ids)
    asked = _Asked(question.person_ids, ids, view.people.rows_of(ids), slots, _status(view, call))
    asked = asked.allowed(view, call)
    answer = {JSON: _people, COLUMNS: _columns, ARROW: _arrow}[form]
    return Answer(answer(view, asked), content_type=form, read=view.read_of_all(asked.rows))


@dataclass(frozen=True)
class _Asked:
    """People with their rows, the features asked, and the status of every value that is there."""

    person_ids: list[str]
    ids: Texts
    rows: Rows
    slots: Slots
    status: Status
    withheld: npt.NDArray[np.bool_] | None = None

    def allowed(self, view: RunView, call: Call) -> "_Asked":
        """Without the rows of those whose consent the caller's purpose lacks."""
        withheld = view.withheld(self.rows, call.caller.consent)
        if withheld is None or not withheld.any():
            return self
        return replace(self, rows=np.where(withheld, NO_ROW, self.rows), withheld=withheld)

    def statuses(self) -> list[PersonStatus]:
        """Status of each person."""
        found: list[PersonStatus] = ["present"] * len(self.rows)
        for place in np.flatnonzero(self.rows == NO_ROW).tolist():
            found[place] = "unknown_person"
        if self.withheld is not None:
            for place in np.flatnonzero(self.withheld).tolist():
                found[place] = "withheld"
        return found


def slots_of(view: RunView, names: Sequence[str] | None, where: str) -> Slots:
    """Places of the named features in a row, each once; without names, of all.

    Raises:
        UnprocessableError: a name is not in the catalogue; it lists the nearest ones.
    """
    if names is None:
        return view.every
    for name in names:
        if name not in view.slots:
            raise unknown_name("feature", name[:128], tuple(view.slots), where)
    return tuple(view.slots[name] for name in dict.fromkeys(names))


def _status(view: RunView, call: Call) -> Status:
    """Status of every value that is there: stale once the run is older than the service tolerates."""
    return "stale" if view.as_of_s < call.fresh_since else "present"


def _people(view: RunView, asked: _Asked) -> bytes:
    form = view.layout(asked.slots, asked.status)
    texts = [column[1:-1].split(b",") for column in _texts(view, asked)] if asked.person_ids else []
    values: Iterable[tuple[bytes, ...]] = zip(*texts, strict=True) if texts else [()] * len(asked.rows)
    people = [
        b'{"person_id":%b,"status":"present","features":%b}' % (orjson.dumps(name), form.filled(row))
        if known == "present"
        else b'{"person_id":%b,"status":"%b","features":{}}' % (orjson.dumps(name), known.encode())
        for name, known, row in zip(asked.person_ids, asked.statuses(), values, strict=True)
    ]
    return b'%b"people":[%b]}' % (view.head, b",".join(people))


def _columns(view: RunView, asked: _Asked) -> bytes:
    end = b',"status":"%b","as_of":"%b"}' % (asked.status.encode(), view.as_of_text.encode())
    columns = [
        b'%b:{"values":%b%b' % (orjson.dumps(view.catalogue[slot].name), text, end)
        for slot, text in zip(asked.slots, _texts(view, asked), strict=True)
    ]
    head = (view.head, orjson.dumps(asked.person_ids), orjson.dumps(asked.statuses()))
    return b'%b"person_ids":%b,"status":%b,"features":{' % head + b",".join(columns) + b"}}"


def _texts(view: RunView, asked: _Asked) -> list[bytes]:
    block = _block(view, asked.rows, asked.slots).T.copy()
    return json_columns(block, [view.catalogue[slot].dtype for slot in asked.slots])


def _arrow(view: RunView, asked: _Asked) -> bytes:
    form = view.forms.get((asked.slots, asked.status)) or _arrow_form(view, asked.slots, asked.status)
    columns = asked.ids.column, _status_column(asked)
    return form.stream(columns, view.people.matrix, asked.rows)


def _status_column(asked: _Asked) -> Column:
    """The statuses, which mostly are all the same, as a column."""
    if asked.rows.min(initial=0) == NO_ROW:
        return texts(asked.statuses()).column
    return repeated("present", len(asked.rows))


def _arrow_form(view: RunView, slots: Slots, status: Status) -> Form:
    """How streams of these features are written."""
    entries = [view.catalogue[slot] for slot in slots]
    fields = [pa.field(name, pa.string(), nullable=False) for name in TEXTS]
    fields += [pa.field(one.name, ARROW_DTYPES[one.dtype], metadata={"unit": one.unit}) for one in entries]
    identity = {
        "run_id": view.run_id,
        "snapshot_digest": view.snapshot_digest,
        "model_version": view.model_version,
        "as_of": view.as_of_text,
        "value_status": status,
    }
    form = Form(pa.schema(fields, metadata=identity), [one.dtype for one in entries], slots)
    return view.forms.keep((slots, status), form)


def _block(view: RunView, rows: Rows, slots: Slots) -> Matrix:
    """Values of the people asked, a row each; NaN for everybody who is not known."""
    matrix = view.people.matrix
    if not len(matrix):
        return np.full((len(rows), len(slots)), np.nan)
    block = matrix.take(rows, axis=0, mode="clip")
    block[rows == NO_ROW] = np.nan
    return block if slots is view.every else block[:, list(slots)]
