"""A small graph in which every query of the library has a smallest yes, and beside it the nearest no.

The run's as-of is 2026-02-01; whatever is dated in February came too late for it.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from graphfraud.publish.runs import Runs
from graphfraud.schema import TABLES
from tests.tables import Rows

PEOPLE: Final = ("anna", "ben", "cleo", "dan", "eve", "fay", "gil")
AS_OF: Final = datetime(2026, 2, 1, tzinfo=UTC)
RUN_ID: Final = "20260201T000000Z-00000002"
PARENT: Final = "20260131T000000Z-00000001"
_EVENTS: Final = {table.name: table for table in TABLES}


def t(day: int, hour: float = 0) -> datetime:
    """A day of January 2026; from the 32nd on, of February."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour)


def paid(number: int, payer: str, payee: str, yuan: float, at: datetime, **more: Any) -> dict[str, Any]:
    kind = "merchant" if payee.startswith("m") else "person"
    found = {"payment_id": f"P{number}", "payer_id": payer, "payee_id": payee, "payee_kind": kind}
    return found | {"amount": round(yuan * 100), "at": at} | more


def loan(
    name: str, person: str, lender: str | None, owed: tuple[int, int], opened: datetime, **more: Any
) -> dict[str, Any]:
    principal, outstanding = owed
    found = {"loan_id": name, "person_id": person, "lender_id": lender, "opened_at": opened}
    return found | {"principal": principal * 100, "outstanding": outstanding * 100} | more


def has(person: str, kind: str, value: str, since: datetime | None = None) -> dict[str, Any]:
    return {"person_id": person, "kind": kind, "value": value, "since": since, "key_id": "k"}


ROWS: Final[Rows] = {
    "people": [{"person_id": name, "registered_at": datetime(2025, 1, 1, tzinfo=UTC)} for name in PEOPLE],
    "devices": [{"device_id": name, "model": "x"} for name in ("d1", "d2")],
    "ips": [{"ip": "i1", "kind": "residential"}, {"ip": "i2", "kind": None}],
    "merchants": [{"merchant_id": "m1", "category": "shop"}],
    "lenders": [{"lender_id": name, "kind": "bank"} for name in ("l1", "l2")],
    "friendships": [
        {"person_id": "anna", "friend_id": "ben", "since": t(1)},
        {"person_id": "ben", "friend_id": "cleo", "since": None},
    ],
    "group_memberships": [{"person_id": name, "group_id": "g1", "joined_at": t(1)} for name in ("anna", "cleo")],
    "contacts": [{"person_id": "anna", "contact_id": "dan", "at": t(3)}],
    "reports": [
        {"reporter_id": "eve", "person_id": "anna", "at": t(10), "reason": "spam"},
        {"reporter_id": "eve", "person_id": "ben", "at": t(11), "reason": None},
    ],
    "identifiers": [
        has("anna", "phone", "X", t(1)),
        has("ben", "phone", "X", t(2)),
        has("cleo", "phone", "X", t(33)),
        has("cleo", "national_id", "D", t(3)),
        has("dan", "national_id", "D", t(3)),
        has("dan", "card", "C"),
        has("eve", "card", "C"),
        has("gil", "card", "G"),
        has("gil", "phone", "X", t(2)),
    ],
    "logins": [
        {"person_id": who, "device_id": device, "ip": ip, "at": at}
        for who, device, ip, at in [
            ("anna", "d1", "i1", t(5, 10)),
            ("anna", "d1", "i1", t(6, 10)),
            ("ben", "d1", "i1", t(5, 11)),
            ("cleo", "d1", "i1", t(34)),
            ("dan", "d2", "i2", t(7)),
        ]
    ],
    "payments": [
        paid(1, "anna", "ben", 1000, t(10, 10)),
        paid(2, "ben", "cleo", 900, t(10, 12)),
        paid(3, "cleo", "anna", 800, t(10, 14)),
        paid(4, "ben", "anna", 500, t(9, 10)),
        paid(5, "anna", "m1", 200, t(11), refunded_at=t(11, 2)),
        paid(6, "ben", "m1", 300, t(12), refunded_at=t(36)),
        paid(7, "dan", "eve", 20000, t(12, 16)),
        paid(8, "dan", "eve", 20000, t(12, 4)),
        paid(9, "anna", "ben", 1, AS_OF + timedelta(seconds=1)),
    ],
    "loans": [
        loan("L1", "anna", "l1", (5000, 4000), t(1), observed_at=t(15)),
        loan("L1", "anna", "l1", (5000, 3000), t(1), observed_at=t(20)),
        loan("L1", "anna", "l1", (5000, 0), t(1), observed_at=t(41), closed_at=t(40)),
        loan("L2", "ben", "l1", (2000, 2000), t(2)),
        loan("L3", "ben", "l2", (1000, 0), t(3), closed_at=t(20)),
        loan("L4", "cleo", None, (700, 700), t(4)),
        loan("L5", "dan", "l2", (900, 900), t(34)),
        loan("L6", "dan", "l1", (600, 600), t(3), days_past_due=9, due_at=t(20)),
    ],
    "disbursements": [
        {"loan_id": "L2", "person_id": "ben", "amount": 200_000, "at": t(2, 1)},
        {"loan_id": "L4", "person_id": "cleo", "amount": 70_000, "at": t(4, 1)},
    ],
    "repayments": [
        {"repayment_id": "R1", "loan_id": "L3", "payer_id": "ben", "amount": 50_000, "at": t(4)},
        {"repayment_id": "R2", "loan_id": "L3", "payer_id": "ben", "amount": 10_000, "at": t(15)},
    ],
    "guarantees": [
        {"guarantor_id": "anna", "person_id": "ben", "at": t(1)},
        {"guarantor_id": "ben", "person_id": "cleo", "at": t(2)},
        {"guarantor_id": "ben", "loan_id": "L6", "at": t(4), "amount": 60_000},
        {"guarantor_id": "cleo", "person_id": "anna"},
        {"guarantor_id": "dan", "person_id": "eve", "at": t(3)},
        {"guarantor_id": "eve", "person_id": "dan", "at": t(35)},
    ],
    "inquiries": [
        {"person_id": "anna", "lender_id": lender, "at": at}
        for lender, at in [("l1", t(1)), ("l1", t(2)), ("l2", t(3))]
    ],
    "applications": [
        {"application_id": "A1", "person_id": "anna", "amount": 300_000, "at": t(20), "device_id": "d1", "ip": "i1"},
        {"application_id": "A2", "person_id": "ben", "amount": 400_000, "at": t(20, 1), "device_id": "d1"},
        {"application_id": "A3", "person_id": "dan", "amount": 100_000, "at": t(20, 2), "device_id": "d1"},
    ],
    "labels": [{"person_id": "dan", "label": "fraud", "at": t(25)}],
}


_MANY: Final = [f"x{number:03}" for number in range(120)]
MESH: Final[Rows] = {
    "people": [{"person_id": name, "registered_at": datetime(2025, 1, 1, tzinfo=UTC)} for name in _MANY],
    "payments": [
        paid(number, _MANY[number % 120], _MANY[(number % 120 + 1 + number // 120) % 120], 1000, t(5) + timedelta(seconds=number))
        for number in range(120 * 119)
    ],
}  # fmt: skip
"""Everybody pays everybody once."""
DEADLY: Final = "cycles_through"
DEATH: Final[dict[str, Any]] = {"person_id": "x000", "max_payments": 5, "min_amount": 0}
"""A question about the mesh with tens of millions of answers: it takes many seconds, wherever it is asked."""


def _reasons(count: int, code: str) -> pa.Array:
    return pa.array([[{"code": code, "zh": "理由", "en": "a reason"}]] * count)


def _tables(*, size: int, decision: str, seen: bool) -> dict[str, dict[str, Any]]:
    people = PEOPLE[:-1]
    rings = [("ring-2", "cash_out", size, 0.7, t(20))]
    members = [("ring-2", "dan", "member", 0.8), ("ring-2", "eve", "mule", 0.6)]
    if seen:
        rings.insert(0, ("ring-1", "device_farm", 3, 0.95, AS_OF))
        members += [
            ("ring-1", "anna", "organiser", 0.9),
            ("ring-1", "ben", "member", 0.8),
            ("ring-1", "cleo", "member", 0.7),
        ]
    count = range(len(people))
    parts = {name: [50.0 + place for place in count] for name in ("score", "social", "payment", "credit", "device")}
    names = ("ring_id", "kind", "size", "score", "first_seen_at")
    return {
        "features": {"person_id": people, "friends": list(count)},
        "scores": {
            "person_id": people, **parts, "tier": ["new"] * 6, "limit_cny": [1000.0] * 6, "reasons": _reasons(6, "S-1"),
            "decision": [decision, *["approve"] * 5],
        },
        "debt": {
            "person_id": people, "outstanding": [100.0 * place for place in count],
            "exposure_to_others": [10.0 * place for place in count], "default_probability": [0.01] * 6,
            "impact": [0.5 - place / 10 for place in count],
        },
        "rings": dict(zip(names, map(list, zip(*rings, strict=True)), strict=True))
        | {"p_value": [0.01] * len(rings), "reasons": _reasons(len(rings), "R-1")},
        "ring_members": dict(zip(("ring_id", "person_id", "role", "score"), map(list, zip(*members, strict=True)), strict=True)),
    }  # fmt: skip


def publish(home: Path) -> Runs:
    """Two runs, the later one current."""
    for run_id, parent, content in (
        (PARENT, None, _tables(size=3, decision="approve", seen=False)),
        (RUN_ID, PARENT, _tables(size=2, decision="review", seen=True)),
    ):
        place = home / run_id
        place.mkdir(parents=True)
        for name, columns in content.items():
            pq.write_table(pa.table(columns), place / f"{name}.parquet")
        as_of = AS_OF if parent else AS_OF - timedelta(days=1)
        manifest = {"run_id": run_id, "parent_run": parent, "as_of": as_of.isoformat().replace("+00:00", "Z")}
        (place / "manifest.json").write_text(json.dumps(manifest))
    (home / "current").symlink_to(RUN_ID)
    return Runs(home)
