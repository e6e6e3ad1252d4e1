"""The golden cases: people one can picture, and what the shipped card decides about them.

``python -m tests.score.score_cases`` writes ``golden.csv`` anew. A change of the card changes
it in the same commit, and the difference is the explanation of the change.
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.score.score_people import SHIPPED, membership_table, ordinary, part_features, scored

GOLDEN = Path(__file__).with_name("golden.csv")


@dataclass(frozen=True)
class Case:
    """One person: how they differ from an ordinary one."""

    name: str
    features: dict[str, float | None] = field(default_factory=dict)
    standing: dict[str, Any] = field(default_factory=dict)
    ring: tuple[float, str] | None = None


def without(*parts: str) -> dict[str, float | None]:
    return {name: None for part in parts for name in part_features(part) if name != "tenure_days"}


DEVICE_FARM: dict[str, float | None] = {
    "device_sharing": 12,
    "same_model_sharers": 8,
    "emulator_share_90d": 0.4,
    "session_regularity_90d": 0.04,
    "shared_device_weight": 50.0,
    "component_size": 14,
    "core_number": 8,
    "friends": 5,
    "groups": 1,
    "tenure_days": 20,
    "payments_per_day_30d": 0.3,
    "payees_90d": 4,
}
MULE: dict[str, float | None] = {
    "pass_through_30d": 0.95,
    "top_payee_share_90d": 0.92,
    "night_large_payments_90d": 6,
    "large_payment_share_90d": 0.4,
    "payees_90d": 5,
    "merchant_share_90d": 0.05,
    "tenure_days": 60,
}
STACKER: dict[str, float | None] = {
    "inquiries_90d": 15,
    "inquiring_lenders_30d": 6,
    "lenders_open": 6,
    "outstanding": 150_000.0,
    "utilisation": 0.95,
    "new_lenders_90d": 4,
    "overdue_loans": 2,
    "max_days_past_due": 20,
}
ONE_SIDED: dict[str, float | None] = {
    "friends": 6,
    "groups": 1,
    "group_messages_30d": 0,
    "moments_30d": 0,
    "listed_as_contact": 0,
    "payments_per_day_30d": 25.0,
    "payees_90d": 160,
    "merchant_share_90d": 0.3,
    "large_payment_share_90d": 0.08,
}
SHUNNED: dict[str, float | None] = {"complaints_180d": 14, "complainants": 9, "fraud_pagerank": 250.0}

CASES = (
    Case("ordinary"),
    Case("lively_and_careful", {"friends": 220, "payees_90d": 55, "payments_per_day_30d": 4.0, "outstanding": 0.0}),
    Case(
        "student", {"outstanding": None, "lenders_open": 0, "utilisation": None, "tenure_days": 300, "payees_90d": 12}
    ),
    Case("pensioner", {"payments_per_day_30d": 0.4, "payees_90d": 6, "friends": 15, "groups": 2, "moments_30d": 0}),
    Case("self_employed_one_sided", ONE_SIDED),
    Case("self_employed_no_friends", {**ONE_SIDED, "friends": 0, "groups": 0}),
    Case("new_account", {"tenure_days": 8, "payees_90d": 3, "payments_per_day_30d": 0.2}),
    Case("no_social_file", without("social")),
    Case("no_payment_file", without("payment")),
    Case("no_credit_file", without("credit")),
    Case("no_device_file", without("device")),
    Case("credit_only", without("social", "payment", "device")),
    Case("payment_only", without("social", "credit", "device")),
    Case("nothing_known", {**without("social", "payment", "credit", "device"), "tenure_days": 400}),
    Case("unused_wallet", {"payments_per_day_30d": 0, "payees_90d": 0, "ips_90d": 0, "devices_90d": 0, "friends": 0}),
    Case("device_farm", DEVICE_FARM),
    Case("device_farm_in_ring", DEVICE_FARM, ring=(0.93, "member")),
    Case("device_farm_known_in_ring", DEVICE_FARM, {"known_fraud": True}, (0.93, "organiser")),
    Case("mule", MULE),
    Case("mule_shunned", {**MULE, **SHUNNED}),
    Case("shunned_otherwise_good", SHUNNED),
    Case("shunned_and_thin", {**SHUNNED, "friends": 0, "groups": 0, "group_messages_30d": 0, "moments_30d": 0}),
    Case("stacker", STACKER),
    Case("stacker_late_45_days", {**STACKER, "max_days_past_due": 45}),
    Case("late_29_days", {"max_days_past_due": 29, "overdue_loans": 1}),
    Case("late_30_days", {"max_days_past_due": 30, "overdue_loans": 1}),
    Case("late_90_days", {"max_days_past_due": 90, "overdue_loans": 1}),
    Case("all_at_once", {**DEVICE_FARM, **MULE, **STACKER, **SHUNNED}),
    Case("guarantor", {"guaranteed_for_others": 180_000.0}),
    Case("deep_in_debt", {"outstanding": 260_000.0, "utilisation": 0.95}),
    Case("night_shift", {"night_login_share_90d": 0.7, "night_large_payments_90d": 1}),
    Case("traveller", {"ips_90d": 55, "ip_stability_90d": 0.15, "devices_90d": 3}),
    Case("big_family", {"device_sharing": 2, "component_size": 5, "core_number": 4, "shared_identifier_weight": 44.0}),
    Case("minor", {}, {"birth_date": date(2010, 6, 1)}),
    Case("eighteen_today", {}, {"birth_date": date(2008, 2, 1)}),
    Case("document_not_verified", {}, {"id_verified": False}),
    Case("face_not_verified", {}, {"face_verified": False}),
    Case("blocked", {}, {"blocked": True}),
    Case("watched", {}, {"watched": True}),
    Case("in_ring", {}, ring=(0.85, "recruit")),
    Case("in_ring_but_allowed", {}, {"allowed": True}, (0.85, "recruit")),
    Case("bystander_of_ring", {}, ring=(0.99, "bystander")),
    Case("known_fraud_alone", {}, {"known_fraud": True}),
)
COLUMNS = (
    "score",
    "social",
    "payment",
    "credit",
    "device",
    "tier",
    "limit_cny",
    "daily_rate",
    "irr_annual",
    "decision",
)


def decided(case: Case) -> dict[str, str]:
    """The decision about one case, as text."""
    rings = membership_table(*([("p00000", "ring", *case.ring)] if case.ring else []))
    [row] = scored([ordinary(**case.features)], rings, card=SHIPPED, **case.standing)
    told = {name: "" if row[name] is None else str(row[name]) for name in COLUMNS}
    reasons = " ".join(f"{reason['code']}:{reason['points']:g}" for reason in row["reasons"])
    return {"case": case.name, **told, "reasons": reasons}


def golden() -> str:
    """What golden.csv should say."""
    text = io.StringIO()
    writer = csv.DictWriter(text, ["case", *COLUMNS, "reasons"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(decided(case) for case in CASES)
    return text.getvalue()


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8")
