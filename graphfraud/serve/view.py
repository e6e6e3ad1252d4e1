"""One run as the service reads it: memory-mapped, immutable, looked up by id.

Nothing here grows with the number of people but the pages the system maps; the
files vanish from memory when the last view of them does.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from graphfraud.errors import RunError
from graphfraud.publish.serving import FOLDER, FORMAT, TOKEN_BYTES
from graphfraud.serve.answers import Entry, Status
from graphfraud.serve.arrow import Form
from graphfraud.serve.compiled import found_rows
from graphfraud.serve.exchange import Read
from graphfraud.serve.layout import KEPT, Layout, Slots, layout
from graphfraud.serve.mapped import open_batch
from graphfraud.serve.relations import Relations, open_relations
from graphfraud.serve.texts import Texts, texts

Row = dict[str, Any]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Thing = TypeVar("Thing")
NO_ROW: Final = -1


class _Digests(msgspec.Struct, frozen=True):
    snapshot: str


class Manifest(msgspec.Struct, frozen=True):
    """As much of a run's manifest as the service needs."""

    run_id: str
    as_of: Annotated[datetime, msgspec.Meta(tz=True)]
    digests: _Digests


class _ServingCatalogue(msgspec.Struct, frozen=True):
    format: int
    model_version: str
    features: tuple[Entry, ...]


@dataclass(frozen=True)
class People:
    """Ids, their index, and one row of features each."""

    id_bounds: memoryview
    id_bytes: memoryview
    tokens: memoryview
    hashes: memoryview
    hash_rows: memoryview
    matrix: Matrix
    score_rows: Rows
    debt_rows: Rows

    def row(self, person_id: str) -> int:
        """Row of a person, or -1. Cost: one binary search over 64-bit hashes."""
        return self._row(person_id.encode())

    def _row(self, key: bytes) -> int:
        digest = xxhash.xxh3_64_intdigest(key)
        place = bisect_left(self.hashes, digest)
        while place < len(self.hashes) and self.hashes[place] == digest:
            row: int = self.hash_rows[place]
            if self.id_bytes[self.id_bounds[row] : self.id_bounds[row + 1]] == key:
                return row
            place += 1
        return NO_ROW

    def rows(self, person_ids: Sequence[str]) -> Rows:
        """Rows of many people in the order asked, -1 for each that is not known."""
        return self.rows_of(texts(person_ids))

    def rows_of(self, asked: Texts) -> Rows:
        """Rows of the people of these ids; see :meth:`rows`."""
        count = len(asked.each)
        if not len(self.hashes) or not count:
            return np.full(count, NO_ROW, np.int64)
        digests = np.frombuffer(b"".join(map(xxhash.xxh3_64_digest, asked.each)), ">u8").astype(np.uint64)
        hashes, hash_rows, bounds, known = map(np.asarray, (self.hashes, self.hash_rows, self.id_bounds, self.id_bytes))
        rows: Rows = found_rows(hashes, hash_rows, bounds, known, digests, *asked.column)
        return rows

    def person_id(self, row: int) -> str:
        """Id of the person of a row."""
        return str(self.id_bytes[self.id_bounds[row] : self.id_bounds[row + 1]], "utf-8")


@dataclass(frozen=True)
class Ranking:
    """Rings by falling score, then id, with their members and evidence."""

    rings: pa.RecordBatch
    members: pa.RecordBatch
    evidence: pa.RecordBatch
    scores: Matrix
    by_id: memoryview

    def row(self, ring_id: str) -> int:
        """Rank of a ring, or -1."""
        ids = self.rings.column("ring_id")
        place = bisect_left(self.by_id, ring_id.encode(), key=lambda row: ids[row].as_py().encode())
        row: int = self.by_id[place] if place < len(self.by_id) else NO_ROW
        known = row != NO_ROW and bool(ids[row].as_py() == ring_id)
        return row if known else NO_ROW

    def place(self, score: float, ring_id: str) -> int:
        """Rank of the first ring behind this score and id, whether or not such a ring is here."""
        first = int(np.searchsorted(-self.scores, -score, "left"))
        last = int(np.searchsorted(-self.scores, -score, "right"))
        ids = self.rings.column("ring_id").slice(first, last - first).cast(pa.large_binary()).to_pylist()
        return first + bisect_right(ids, ring_id.encode())

    def ranked(self, *, kind: str | None, min_score: float, after: int, limit: int) -> list[int]:
        """Ranks of at most ``limit`` rings of a kind, from ``after`` on, down to ``min_score``."""
        stop = int(np.searchsorted(-self.scores, -min_score, "right"))
        if kind is None:
            return list(range(after, min(stop, after + limit)))
        kinds = self.rings.column("kind").slice(after, max(stop - after, 0))
        wanted = kinds.dictionary.index(kind).as_py()
        fits = np.flatnonzero(kinds.indices.to_numpy(zero_copy_only=False) == wanted)[:limit]
        return [after + int(place) for place in fits]

    def ring(self, row: int) -> Row:
        """The ring of a rank, as published."""
        return _row(self.rings, row)

    def members_of(self, ring: Row) -> list[Row]:
        """Members by falling score, then id."""
        return _between(self.members, ring["members_from"], ring["members_to"])

    def evidence_of(self, ring: Row) -> list[Row]:
        """Every link that speaks for the ring."""
        return _between(self.evidence, ring["evidence_from"], ring["evidence_to"])


@dataclass(frozen=True)
class RunView:
    """One published run; every answer is made from exactly one of these."""

    run_id: str
    as_of: datetime
    as_of_s: float
    """Seconds since 1970."""
    as_of_text: str
    snapshot_digest: str
    model_version: str
    catalogue: tuple[Entry, ...]
    slots: dict[str, int]
    every: Slots
    """Places of all features."""
    people: People
    ranking: Ranking
    scores: pa.RecordBatch
    debt: pa.RecordBatch
    grounds: pa.RecordBatch | None
    relations: Relations
    head: bytes
    """How every answer about features begins."""
    layouts: "Kept[Layout]" = field(default_factory=lambda: Kept())
    forms: "Kept[Form]" = field(default_factory=lambda: Kept())

    @classmethod
    def open(cls, run: Path) -> "RunView":
        """The run of this directory.

        Raises:
            RunError: a serving file or the manifest is absent, damaged, or of another format.

        Cost: milliseconds, whatever the number of people; nothing is read but headers.
        """
        try:
            return cls._open(run)
        except (OSError, pa.ArrowException, msgspec.DecodeError, KeyError, UnicodeDecodeError) as error:
            raise RunError(
                f"the run cannot be opened ({type(error).__name__})", where=run.name, cure="run the night again"
            ) from error

    @classmethod
    def _open(cls, run: Path) -> "RunView":
        manifest = msgspec.json.decode((run / "manifest.json").read_bytes(), type=Manifest)
        folder = run / FOLDER
        served = msgspec.json.decode((folder / "catalogue.json").read_bytes(), type=_ServingCatalogue)
        if served.format != FORMAT:
            raise RunError(
                f"serving files of format {served.format}, expected {FORMAT}",
                where=run.name,
                cure="run the night again with this version",
            )
        return cls(
            run_id=manifest.run_id,
            as_of=manifest.as_of,
            as_of_s=manifest.as_of.timestamp(),
            as_of_text=iso(manifest.as_of),
            snapshot_digest=manifest.digests.snapshot,
            model_version=served.model_version,
            catalogue=served.features,
            slots={entry.name: slot for slot, entry in enumerate(served.features)},
            every=tuple(range(len(served.features))),
            people=_open_people(folder, len(served.features)),
            ranking=_open_ranking(folder),
            scores=open_batch(folder / "scores.arrow"),
            debt=open_batch(folder / "debt.arrow"),
            grounds=open_batch(folder / "grounds.arrow") if (folder / "grounds.arrow").exists() else None,
            relations=open_relations(folder),
            head=_head(manifest, served.model_version),
        )

    def layout(self, slots: Slots, status: Status) -> Layout:
        """How the features of these places are written."""
        key = (None if slots is self.every else slots, status)
        found = self.layouts.get(key)
        return found or self.layouts.keep(key, layout(self.catalogue, slots, status, self.as_of_text))

    def read_of(self, row: int) -> Read:
        """What the audit log says of reading one person."""
        return Read(self.run_id, self.people.tokens[row * TOKEN_BYTES : (row + 1) * TOKEN_BYTES].hex())

    def read_of_all(self, rows: Rows) -> Read:
        """What the audit log says of reading many people; those who are not known were not read."""
        tokens = np.frombuffer(self.people.tokens, f"V{TOKEN_BYTES}")
        known = rows[rows != NO_ROW]
        return Read(self.run_id, tokens.take(known, mode="clip").tobytes().hex())

    def withheld(self, rows: Rows, consent: str | None) -> npt.NDArray[np.bool_] | None:
        """Who of these people has no consent in force for a purpose; None without a purpose."""
        return None if consent is None else (rows != NO_ROW) & ~self.relations.agreed(rows, consent)

    def scores_of(self, rows: Rows) -> list[Row | None]:
        """The published scores of the people of these rows, None for those without one."""
        return _some(self.scores, self.people.score_rows[rows])

    def grounds_of(self, row: int) -> dict[str, list[Row]]:
        """What the reasons of one person rest on, by code; a run of an earlier version knows none."""
        if self.grounds is None:
            return {}
        rows = self.grounds.column("row").to_numpy(zero_copy_only=True)
        first, last = np.searchsorted(rows, row, "left"), np.searchsorted(rows, row, "right")
        found: dict[str, list[Row]] = {}
        for link in _between(self.grounds, int(first), int(last)):
            found.setdefault(link["code"], []).append(link)
        return found

    def debts_of(self, rows: Rows) -> list[Row | None]:
        """The published debts of the people of these rows, None for those without one."""
        return _some(self.debt, self.people.debt_rows[rows])


class Kept(Generic[Thing]):
    """A few things remembered by what they were made from; none is more than a saving."""

    def __init__(self) -> None:
        self._things: dict[tuple[Any, ...], Thing] = {}

    def get(self, key: tuple[Any, ...]) -> Thing | None:
        """The thing of this key, if it is remembered."""
        return self._things.get(key)

    def keep(self, key: tuple[Any, ...], thing: Thing) -> Thing:
        """Remember a thing, and give it back."""
        if len(self._things) >= KEPT:
            self._things.clear()
        self._things[key] = thing
        return thing


def iso(moment: datetime) -> str:
    """A moment in UTC, as the contract writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def _head(manifest: Manifest, model_version: str) -> bytes:
    content = {
        "run_id": manifest.run_id,
        "snapshot_digest": manifest.digests.snapshot,
        "model_version": model_version,
    }
    return msgspec.json.encode(content)[:-1] + b","


def _open_people(folder: Path, width: int) -> People:
    people, index = open_batch(folder / "people.arrow"), open_batch(folder / "index.arrow")
    _, bounds, text = people.column("person_id").buffers()
    values = people.column("features").values.to_numpy(zero_copy_only=True)
    return People(
        id_bounds=memoryview(bounds or b"").cast("B").cast("q"),
        id_bytes=memoryview(text or b"").cast("B"),
        tokens=memoryview(people.column("token").buffers()[1] or b"").cast("B"),
        hashes=memoryview(index.column("hash").to_numpy(zero_copy_only=True)),
        hash_rows=memoryview(index.column("row").to_numpy(zero_copy_only=True)),
        matrix=values.reshape(people.num_rows, width),
        score_rows=people.column("scores_row").to_numpy(zero_copy_only=True),
        debt_rows=people.column("debt_row").to_numpy(zero_copy_only=True),
    )


def _open_ranking(folder: Path) -> Ranking:
    rings = open_batch(folder / "rings.arrow")
    return Ranking(
        rings=rings,
        members=open_batch(folder / "members.arrow"),
        evidence=open_batch(folder / "evidence.arrow"),
        scores=rings.column("score").to_numpy(zero_copy_only=False),
        by_id=memoryview(rings.column("by_id").to_numpy(zero_copy_only=True)),
    )


def _row(batch: pa.RecordBatch, row: int) -> Row:
    found: Row = batch.slice(row, 1).to_pylist()[0]
    return found


def _some(batch: pa.RecordBatch, rows: Rows) -> list[Row | None]:
    if len(rows) == 1 and rows[0] != NO_ROW:
        return [_row(batch, int(rows[0]))]  # a third of what it costs to take one row
    found = iter(batch.take(pa.array(rows[rows != NO_ROW])).to_pylist())
    return [next(found) if row != NO_ROW else None for row in rows.tolist()]


def _between(batch: pa.RecordBatch, start: int, stop: int) -> list[Row]:
    found: list[Row] = batch.slice(start, stop - start).to_pylist()
    return found
