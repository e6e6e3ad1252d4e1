"""Standing: what the tables say about each person as such, apart from behaviour."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.schema import LABELS, LIST_NAMES, Entity
from graphfraud.snapshot.graph import NEVER, Snapshot


def standing(snapshot: Snapshot) -> pa.Table:
    """One row a person, sorted: birth date, verifications, lists and what is known of them."""
    people = snapshot["people"]
    born = people["birth_date"]
    days = np.where(born == NEVER, 0, born).astype("datetime64[D]")
    return pa.table(
        {
            "person_id": snapshot.ids[Entity.PERSON],
            "birth_date": pa.array(days, pa.date32(), mask=born == NEVER),
            **{name: _flag(people[name]) for name in ("id_verified", "face_verified", "invited")},
            "blocked": _listed(snapshot, "block"),
            "watched": _listed(snapshot, "watch"),
            "allowed": _listed(snapshot, "allow"),
            "known_fraud": _known_fraud(snapshot),
        }
    )


def _flag(values: npt.NDArray[np.int8]) -> pa.Array:
    return pa.array(values == 1, pa.bool_(), mask=values < 0)


def _listed(snapshot: Snapshot, name: str) -> pa.Array:
    """People on a list at the as-of: entered, and not ended; unknown where there are no lists."""
    rows = snapshot["lists"]
    if not len(rows):
        return pa.nulls(snapshot.people, pa.bool_())
    kinds, targets = snapshot.ids["lists.target_kind"], snapshot.ids["lists.target_id"]
    people = np.array([kind == "person" for kind in kinds.to_pylist()], dtype=bool)
    chosen = (rows["list"] == LIST_NAMES.index(name)) & (rows["until"] == NEVER)
    chosen &= people[rows["target_kind"]] if len(people) else False
    ids = targets.take(pa.array(rows["target_id"][chosen]))
    found = pc.index_in(ids, value_set=snapshot.ids[Entity.PERSON]).drop_null().to_numpy()
    return _marked(snapshot, found)


def _known_fraud(snapshot: Snapshot) -> pa.Array:
    """People labelled fraud by the as-of; unknown where there are no labels."""
    labels = snapshot["labels"]
    if not len(labels):
        return pa.nulls(snapshot.people, pa.bool_())
    return _marked(snapshot, labels["person_id"][labels["label"] == LABELS.index("fraud")])


def _marked(snapshot: Snapshot, people: npt.NDArray[np.integer]) -> pa.Array:
    marks = np.zeros(snapshot.people, bool)
    marks[people] = True
    return pa.array(marks)
