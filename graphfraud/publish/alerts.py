"""Alerts: what somebody should look at today, each with a stable id."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.rings.reasons import REASON
from graphfraud.schema import TIMESTAMP

ALERTS: Final = pa.schema(
    [
        pa.field("alert_id", pa.string()),
        pa.field("target_kind", pa.string()),
        pa.field("target_id", pa.string()),
        pa.field("severity", pa.string()),
        pa.field("reasons", pa.list_(REASON)),
        pa.field("first_seen_at", TIMESTAMP),
    ]
)

HIGH_FROM: Final = 0.9
"""Ring score from which an alert is of high severity."""


@dataclass(frozen=True)
class PersonRule:
    """An alert on people: a feature at or above a limit."""

    code: str
    feature: str
    at_least: float
    zh: str
    en: str


PERSON_RULES: Final = (
    PersonRule(
        "AL-PASS-THROUGH", "pass_through_30d", 0.9, "收到的款项在一天内几乎全部转出", "money leaves within a day"
    ),
    PersonRule("AL-NIGHT-LARGE", "night_large_payments_90d", 3, "夜间多次大额转账", "several large payments at night"),
)


def alerts(rings: pa.Table, features: pa.Table, *, earlier: Mapping[str, int], as_of: int) -> pa.Table:
    """One alert a reported ring and one a person and rule, sorted by id.

    ``earlier`` gives the first sighting (UTC microseconds) of the parent run's alerts by id.
    """
    rows = [_of_ring(ring) for ring in rings.select(["ring_id", "score", "reasons"]).to_pylist()]
    for rule in PERSON_RULES:
        caught = features.filter(pc.greater_equal(features.column(rule.feature), rule.at_least))
        rows += [_of_person(person, rule) for person in caught.column("person_id").to_pylist()]
    for row in rows:
        row["first_seen_at"] = earlier.get(str(row["alert_id"]), as_of)
    return pa.Table.from_pylist(rows, schema=ALERTS).sort_by("alert_id")


def _of_ring(ring: Mapping[str, object]) -> dict[str, object]:
    return {
        "alert_id": _alert_id("ring", str(ring["ring_id"]), "AL-RING"),
        "target_kind": "ring",
        "target_id": ring["ring_id"],
        "severity": "high" if float(str(ring["score"])) >= HIGH_FROM else "medium",
        "reasons": ring["reasons"],
    }


def _of_person(person_id: str, rule: PersonRule) -> dict[str, object]:
    return {
        "alert_id": _alert_id("person", person_id, rule.code),
        "target_kind": "person",
        "target_id": person_id,
        "severity": "medium",
        "reasons": [{"code": rule.code, "zh": rule.zh, "en": rule.en}],
    }


def _alert_id(target_kind: str, target_id: str, code: str) -> str:
    content = "\0".join([target_kind, target_id, code])
    return f"alert-{hashlib.sha256(content.encode()).hexdigest()[:16]}"
