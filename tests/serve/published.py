"""Small published runs, written as the contract lays them out, without the pipeline.

Every number of a run derives from its ``number``, so that an answer mixed from two runs shows.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from graphfraud.features.catalogue import CATALOGUE
from graphfraud.publish.grounds import SCHEMA as GROUNDS
from graphfraud.publish.serving import write_serving
from graphfraud.score.card import read_card
from graphfraud.score.request import Policy

TIME = pa.timestamp("us", tz="UTC")
REASON = pa.struct([("code", pa.string()), ("zh", pa.string()), ("en", pa.string())])
SCORE_REASON = pa.struct([("code", pa.string()), ("points", pa.float64()), ("zh", pa.string()), ("en", pa.string())])
TYPES = {"int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
PEOPLE = ("a/b?c=d&e", "p-1", "p-2", "p-3", "p-4", "p-5", "张伟 😀", "é")
AS_OF = datetime(2026, 2, 1, tzinfo=UTC)
SEEN = datetime(2026, 1, 5, 3, 4, 5, 600, tzinfo=UTC)
ROLES = ("member", "organiser")
KINDS = ("device_farm", "cash_out")


@dataclass(frozen=True)
class Sketch:
    """What a run holds: people rise by bytes; rings tie in score two by two."""

    number: int = 1
    people: tuple[str, ...] = tuple(sorted(PEOPLE, key=str.encode))
    rings: int = 7
    members: int = 3
    groups: int = 1_000_000
    """Rows of a Parquet row group."""

    @property
    def run_id(self) -> str:
        """Name of the run."""
        return f"20260201T000000Z-{self.number:08x}"


def value(sketch: Sketch, place: int, slot: int) -> int | float | bool | None:
    """Feature ``slot`` of the person at ``place``; every seventh is missing."""
    if (place + slot) % 7 == 6:
        return None
    whole = sketch.number * 1_000 + place * 10 + slot
    return {"int": whole, "float": whole + 0.5, "bool": bool(whole % 2)}[CATALOGUE[slot].dtype]


def features(sketch: Sketch) -> pa.Table:
    """features.parquet."""
    columns: dict[str, Any] = {"person_id": pa.array(sketch.people, pa.string())}
    for slot, feature in enumerate(CATALOGUE):
        values = [value(sketch, place, slot) for place in range(len(sketch.people))]
        columns[feature.name] = pa.array(values, TYPES[feature.dtype])
    return pa.table(columns)


def scores(sketch: Sketch) -> pa.Table:
    """scores.parquet: every person but the last; every third has no rate."""
    people = sketch.people[:-1]
    count = range(len(people))
    reasons = [
        [{"code": f"r{place % 2}", "points": -float(place), "zh": "共用手机", "en": "shares a phone"}] * (place % 3)
        for place in count
    ]
    fixed = {name: [sketch.number + place / 100 for place in count] for name in PART_COLUMNS}
    return pa.table(
        {
            "person_id": pa.array(people, pa.string()),
            **{name: pa.array(values, pa.float64()) for name, values in fixed.items()},
            "tier": pa.array(["new" if place % 3 else "none" for place in count], pa.string()),
            "limit_cny": pa.array([5_000.0 if place % 3 else 0.0 for place in count], pa.float64()),
            "daily_rate": pa.array([0.0003 if place % 3 else None for place in count], pa.float64()),
            "irr_annual": pa.array([0.11 if place % 3 else None for place in count], pa.float64()),
            "decision": pa.array(["approve" if place % 3 else "review" for place in count], pa.string()),
            "reasons": pa.array(reasons, pa.list_(SCORE_REASON)),
            "rules_fired": pa.array([["minor"] if place == 1 else [] for place in count], pa.list_(pa.string())),
            "parts_present": pa.array([["social", "credit"]] * len(people), pa.list_(pa.string())),
            "card_version": pa.array(["card-1"] * len(people), pa.string()),
        }
    )


PART_COLUMNS = ("score", "social", "payment", "credit", "device")


def debt(sketch: Sketch) -> pa.Table:
    """debt.parquet: every second person."""
    people = sketch.people[::2]
    count = len(people)
    return pa.table(
        {
            "person_id": pa.array(people, pa.string()),
            "lenders_open": pa.array([sketch.number] * count, pa.int64()),
            "outstanding": pa.array([1234.5] * count, pa.float64()),
            "stacking": pa.array([0.25] * count, pa.float64()),
            "exposure_to_others": pa.array([10.0] * count, pa.float64()),
            "default_probability": pa.array([0.02] * count, pa.float64()),
            "own_probability": pa.array([0.01] * count, pa.float64()),
            "impact": pa.array([0.001] * count, pa.float64()),
            "top_path": pa.array([f"{person} → p-1" for person in people], pa.string()),
            "basis": pa.array(["prior"] * count, pa.string()),
        }
    )


def standing(sketch: Sketch) -> pa.Table:
    """standing.parquet: all are adult and verified, nobody is listed; their rings are left out."""
    people = sketch.people
    count = len(people)
    flags = {name: [True] * count for name in ("id_verified", "face_verified")}
    flags |= {name: [False] * count for name in ("invited", "blocked", "watched", "allowed", "known_fraud")}
    lists = {"consents": ["credit_assessment"], "devices": [f"d-{sketch.number}"]}
    return pa.table(
        {
            "person_id": pa.array(people, pa.string()),
            "birth_date": pa.array([date(1990, 5, 17)] * count, pa.date32()),
            **{name: pa.array(values, pa.bool_()) for name, values in flags.items()},
            **{name: pa.array([values] * count, pa.list_(pa.string())) for name, values in lists.items()},
            "funding_wrong": pa.array([0] * count, pa.int64()),
            "ring_score": pa.array([0.0] * count, pa.float64()),
            "ring_id": pa.nulls(count, pa.string()),
            "ring_role": pa.nulls(count, pa.string()),
        }
    )


def basis() -> bytes:
    """basis.json: the shipped card and the policy of the defaults; every table is kept."""
    content = {
        "card": read_card(None).text,
        "policy": Policy(),
        "blocked": [],
        "lists_known": True,
        "unknown_rules": [],
        "kept": ["consents", "devices"],
    }
    return msgspec.json.encode(content)


def ring_id(place: int) -> str:
    """Ids whose order is not the order of the scores."""
    return f"ring/{(place * 5) % 7}-{place}"


def rings(sketch: Sketch) -> pa.Table:
    """rings.parquet."""
    count = range(sketch.rings)
    return pa.table(
        {
            "ring_id": pa.array([ring_id(place) for place in count], pa.string()),
            "size": pa.array([sketch.members] * sketch.rings, pa.int64()),
            "kind": pa.array([KINDS[place % 2] for place in count], pa.string()),
            "score": pa.array([1 - (place // 2) / 10 for place in count], pa.float64()),
            "p_value": pa.array([0.001 * sketch.number] * sketch.rings, pa.float64()),
            "first_seen_at": pa.array([SEEN] * sketch.rings, TIME),
            "reasons": pa.array([[{"code": "shared_card", "zh": "共用卡", "en": "share a card"}]] * sketch.rings).cast(
                pa.list_(REASON)
            ),
            "lenders_open": pa.array([2] * sketch.rings, pa.int64()),
            "outstanding": pa.array([1800.5] * sketch.rings, pa.float64()),
            "stacking": pa.array([0.25] * sketch.rings, pa.float64()),
        }
    )


def ring_members(sketch: Sketch) -> pa.Table:
    """ring_members.parquet: the last member organises."""
    rows = [(ring_id(ring), place) for ring in range(sketch.rings) for place in range(sketch.members)]
    return pa.table(
        {
            "ring_id": pa.array([ring for ring, _ in rows], pa.string()),
            "person_id": pa.array([sketch.people[place] for _, place in rows], pa.string()),
            "role": pa.array(
                ["organiser" if place == sketch.members - 1 else "member" for _, place in rows], pa.string()
            ),
            "score": pa.array([place / 10 for _, place in rows], pa.float64()),
        }
    )


def ring_evidence(sketch: Sketch) -> pa.Table:
    """ring_evidence.parquet: each member has the ring's card; every second link has a time."""
    rows = [(ring_id(ring), place) for ring in range(sketch.rings) for place in range(sketch.members)]
    return pa.table(
        {
            "ring_id": pa.array([ring for ring, _ in rows], pa.string()),
            "source_id": pa.array([sketch.people[place] for _, place in rows], pa.string()),
            "source_label": pa.array(["Person"] * len(rows), pa.string()),
            "relationship": pa.array(["HAS_CARD"] * len(rows), pa.string()),
            "target_id": pa.array([f"card of {ring}" for ring, _ in rows], pa.string()),
            "target_label": pa.array(["Card"] * len(rows), pa.string()),
            "weight": pa.array([4.0] * len(rows), pa.float64()),
            "at": pa.array([SEEN if place % 2 else None for _, place in rows], TIME),
        }
    )


def reason_evidence(sketch: Sketch) -> pa.Table:
    """reason_evidence.parquet: the second person shares a phone and pays; what the fourth owes is no reason."""
    rows = [
        (1, "r1", "HAS_PHONE", "phone:1", "Phone", SEEN),
        (1, "r1", "PAID", sketch.people[0] if sketch.people else "", "Person", None),
        (3, "r9", "OWES", "loan-1", "Loan", None),
    ]
    told = [(sketch.people[place], *rest) for place, *rest in rows if place < len(sketch.people)]
    return pa.Table.from_pylist([dict(zip(GROUNDS.names, row, strict=True)) for row in told], schema=GROUNDS)


TABLES = {
    "reason_evidence": reason_evidence,
    "features": features,
    "scores": scores,
    "debt": debt,
    "standing": standing,
    "rings": rings,
    "ring_members": ring_members,
    "ring_evidence": ring_evidence,
}


def write_tables(run: Path, sketch: Sketch) -> None:
    """The Parquet tables and the manifest of a run."""
    run.mkdir(parents=True)
    for name, make in TABLES.items():
        pq.write_table(make(sketch), run / f"{name}.parquet", row_group_size=sketch.groups)
    (run / "basis.json").write_bytes(basis())
    manifest = {
        "run_id": sketch.run_id,
        "parent_run": None,
        "as_of": "2026-02-01T00:00:00Z",
        "digests": {"configuration": "c" * 64, "snapshot": f"{sketch.number:064x}", "tables": {}},
        "seconds": {"load": 1.0},
    }
    (run / "manifest.json").write_bytes(msgspec.json.encode(manifest))


def publish(runs: Path, sketch: Sketch) -> str:
    """A whole run, then the switch; its id."""
    run = runs / sketch.run_id
    if not run.exists():
        write_tables(run, sketch)
        write_serving(run)
    fresh = runs / ".current"
    fresh.symlink_to(sketch.run_id)
    fresh.replace(runs / "current")
    return sketch.run_id


def numbered(number: int, **changes: Any) -> Sketch:
    """The usual run with another number."""
    return replace(Sketch(number=number), **changes)
