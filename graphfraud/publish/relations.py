"""Relations for the service: who is behind an identifier, who agreed to what, who is tied to whom.

RUN/serving/ holds them beside the files of :mod:`graphfraud.publish.serving`; people are rows of people.arrow:

identifiers.arrow   value, ``kind:digest`` ascending; owners_from, owners_to, its rows in owners.arrow
owners.arrow        row, since, until (UTC microseconds, null where open)
consents.arrow      purpose, row: every consent in force at the as-of, by purpose, then row
ties.arrow          row, weight, types: the neighbours of one person after the other
bounds.arrow        bound: where each person's neighbours begin, and after the last where they end

Equal snapshots give equal bytes.
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.publish.serving import FOLDER, write_batch
from graphfraud.schema import TIMESTAMP, Entity
from graphfraud.snapshot.graph import NEVER, Snapshot
from graphfraud.snapshot.links import Links
from graphfraud.snapshot.sharing import THING_TYPES
from graphfraud.snapshot.ties import CONTACT, FRIEND, GUARANTEE, PAYMENT

TIE_TYPES: Final = (*THING_TYPES, "friend", "contact", "guarantee", "payment")
"""What ties two people; a tie's types are a bit each, by the place here."""
Ints = npt.NDArray[np.integer]


def write_relations(run: Path, snapshot: Snapshot, linked: Links) -> None:
    """Make the relation files of ``run``. Cost: a sort of all ties; no more memory than they take."""
    folder = run / FOLDER
    folder.mkdir(exist_ok=True)
    _write_identifiers(folder, snapshot)
    write_batch(folder / "consents.arrow", _consents(snapshot))
    bounds, ties = _ties(snapshot, linked)
    write_batch(folder / "ties.arrow", ties)
    write_batch(folder / "bounds.arrow", pa.table({"bound": pa.array(bounds)}))


def _write_identifiers(folder: Path, snapshot: Snapshot) -> None:
    rows, values = snapshot["identifiers"], snapshot.ids[Entity.IDENTIFIER]
    order = np.lexsort((rows["person_id"], rows["value"]))
    bounds = np.searchsorted(rows["value"][order], np.arange(len(values) + 1)).astype(np.int64)
    known = {"value": values.cast(pa.large_string()), "owners_from": bounds[:-1], "owners_to": bounds[1:]}
    owners = {"row": rows["person_id"][order], **{name: _times(rows[name][order]) for name in ("since", "until")}}
    write_batch(folder / "identifiers.arrow", pa.table(known))
    write_batch(folder / "owners.arrow", pa.table(owners))


def _times(moments: npt.NDArray[np.int64]) -> pa.Array:
    absent = moments == NEVER
    known = pa.array(~absent)
    return pa.Array.from_buffers(
        TIMESTAMP, len(moments), [known.buffers()[1], pa.py_buffer(np.where(absent, 0, moments))]
    )


def _consents(snapshot: Snapshot) -> pa.Table:
    rows, purposes = snapshot["consents"], snapshot.ids["consents.purpose"]
    force = np.flatnonzero(rows["withdrawn_at"] == NEVER)
    person, purpose = rows["person_id"][force], rows["purpose"][force]
    order = np.lexsort((person, purpose))
    words = pa.DictionaryArray.from_arrays(pa.array(purpose[order], pa.int32()), purposes.cast(pa.large_string()))
    return pa.table({"purpose": words, "row": person[order]})


def _ties(snapshot: Snapshot, linked: Links) -> tuple[npt.NDArray[np.int64], pa.Table]:
    """Where each person's neighbours lie, and all of them, both ways, by row."""
    payments, people = snapshot["payments"], snapshot.people
    between = (payments["payer_id"] < people) & (payments["payee_id"] < people)
    sources = [
        (snapshot["friendships"]["person_id"], snapshot["friendships"]["friend_id"], FRIEND, "friend"),
        (snapshot["contacts"]["person_id"], snapshot["contacts"]["contact_id"], CONTACT, "contact"),
        (snapshot["guarantees"]["guarantor_id"], snapshot["guarantees"]["person_id"], GUARANTEE, "guarantee"),
        (payments["payer_id"][between], payments["payee_id"][between], PAYMENT, "payment"),
    ]
    parts = [(linked.a, linked.b, linked.weight, linked.types.astype(np.uint16))]
    for first, second, weight, name in sources:
        a, b = _pairs(first, second, people)
        bit = np.uint16(1 << TIE_TYPES.index(name))
        parts.append((a, b, np.full(len(a), weight), np.full(len(a), bit)))
    a, b, weights, types = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _adjacency(people, np.r_[a, b], np.r_[b, a], np.r_[weights, weights], np.r_[types, types])


def _pairs(first: Ints, second: Ints, people: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Each two different people once, the smaller row first."""
    real = (first != second) & (first >= 0) & (second >= 0)
    a, b = np.minimum(first[real], second[real]), np.maximum(first[real], second[real])
    keys = np.unique(a.astype(np.int64) * people + b)
    return (keys // max(people, 1)).astype(np.int32), (keys % max(people, 1)).astype(np.int32)


def _adjacency(
    people: int, source: Ints, target: Ints, weights: npt.NDArray[np.float64], types: npt.NDArray[np.uint16]
) -> tuple[npt.NDArray[np.int64], pa.Table]:
    order = np.lexsort((target, source))
    source, target = source[order], target[order]
    starts = np.flatnonzero(np.r_[True, (source[1:] != source[:-1]) | (target[1:] != target[:-1])][: len(source)])
    summed = np.add.reduceat(weights[order], starts) if len(starts) else np.zeros(0)
    united = np.bitwise_or.reduceat(types[order], starts) if len(starts) else np.zeros(0, np.uint16)
    bounds = np.searchsorted(source[starts], np.arange(people + 1)).astype(np.int64)
    table = {"row": target[starts].astype(np.int32), "weight": summed.astype(np.float32), "types": united}
    return bounds, pa.table(table)


def write_relations_without(source: Path, run: Path, row: int) -> None:
    """The relation files of one run for another that lacks one person; everybody behind them moves up."""
    old, folder = source / FOLDER, run / FOLDER
    folder.mkdir(exist_ok=True)
    if not (old / "bounds.arrow").exists():
        return
    owners, known = _read(old / "owners.arrow"), _read(old / "identifiers.arrow")
    stays = np.asarray(owners.column("row").to_numpy() != row)
    before = np.r_[0, np.cumsum(stays)].astype(np.int64)
    bounds = {name: before[known.column(name).to_numpy()] for name in ("owners_from", "owners_to")}
    owned = bounds["owners_to"] > bounds["owners_from"]
    values = known.column("value").combine_chunks().filter(pa.array(owned))
    write_batch(folder / "identifiers.arrow", pa.table({"value": values} | {n: b[owned] for n, b in bounds.items()}))
    write_batch(folder / "owners.arrow", _moved_up(owners.filter(pa.array(stays)), row))
    consents = _read(old / "consents.arrow")
    kept = consents.filter(pa.array(np.asarray(consents.column("row").to_numpy() != row)))
    write_batch(folder / "consents.arrow", _moved_up(kept, row))
    _write_ties_without(old, folder, row)


def _write_ties_without(old: Path, folder: Path, row: int) -> None:
    ties, bounds = _read(old / "ties.arrow"), _read(old / "bounds.arrow").column("bound").to_numpy()
    source = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    stays = (source != row) & (ties.column("row").to_numpy() != row)
    people = np.delete(np.arange(len(bounds) - 1), row)
    starts = np.searchsorted(source[stays], np.r_[people, len(bounds)]).astype(np.int64)
    write_batch(folder / "ties.arrow", _moved_up(ties.filter(pa.array(stays)), row))
    write_batch(folder / "bounds.arrow", pa.table({"bound": starts}))


def _moved_up(table: pa.Table, row: int) -> pa.Table:
    rows = table.column("row").to_numpy()
    place = table.column_names.index("row")
    return table.set_column(place, "row", pa.array((rows - (rows > row)).astype(np.int32)))


def _read(path: Path) -> pa.Table:
    """A relation file in memory, so that it can be replaced."""
    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_file(source).read_all()
