"""What decisions need to know about people beside features and debt: one published table, a row a person."""

import json
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.score.gate import BYSTANDER
from graphfraud.settings import Settings
from graphfraud.snapshot.agreed import consents, devices, funding_wrong, listed
from graphfraud.snapshot.graph import Snapshot

STANDING: Final = "standing"
KEPT: Final = {"consents": "consents", "devices": "logins"}
"""Lists of ``standing`` that are unknown, not empty, where their table is absent."""
RING_COLUMNS: Final = ("ring_score", "ring_id", "ring_role")


def known(snapshot: Snapshot, standing: pa.Table, membership: pa.Table) -> pa.Table:
    """``standing`` with consents, devices, funding and the worst reported ring of each person, in its order."""
    members = membership.filter(pc.not_equal(membership.column("role"), BYSTANDER)).sort_by(
        [("person_id", "ascending"), ("ring_score", "descending"), ("ring_id", "ascending")]
    )
    place = pc.index_in(standing.column("person_id"), value_set=members.column("person_id")).combine_chunks()
    worst = members.take(place)
    table = standing.append_column("consents", consents(snapshot))
    table = table.append_column("devices", devices(snapshot))
    table = table.append_column("funding_wrong", funding_wrong(snapshot))
    score = pc.fill_null(worst.column("ring_score"), 0.0)
    for name, column in zip(RING_COLUMNS, (score, worst.column("ring_id"), worst.column("role")), strict=True):
        table = table.append_column(name, column)
    return table


def basis(snapshot: Snapshot, settings: Settings, *, card: str, unknown_rules: list[str]) -> bytes:
    """What decisions on this run rest on: card, policy, blocked things, rules without a table, which lists are kept."""
    content: dict[str, Any] = {
        "card": card,
        "policy": {
            "zone": settings.zone,
            "night_start_hour": settings.night_start_hour,
            "night_end_hour": settings.night_end_hour,
            "large_yuan": float(settings.large_payment_yuan),
            "consent_purposes": list(settings.score.consent_purposes),
        },
        "blocked": listed(snapshot).column("target_id").to_pylist(),
        "lists_known": len(snapshot["lists"]) > 0,
        "unknown_rules": unknown_rules,
        "kept": [name for name, table in KEPT.items() if len(snapshot[table])],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
