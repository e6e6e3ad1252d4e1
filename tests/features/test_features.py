"""Features on graphs small enough to count by hand, and what every feature must keep to."""

import math

import numpy as np
import pytest

from graphfraud.features.catalogue import BY_NAME, CATALOGUE
from graphfraud.features.compute import features
from graphfraud.settings import DAY_US, HOUR_US, Settings
from graphfraud.snapshot.links import links
from graphfraud.snapshot.sharing import uses
from tests.tables import AS_OF, Rows, day, people, snapshot_of

SETTINGS = Settings()
ALL = people("anna", "bob", "carl", "dora")


def of(rows: Rows, feature: str, person: str = "anna") -> float | None:
    snapshot = snapshot_of({"people": ALL} | dict(rows))
    shared = uses(snapshot, window_days=180)
    table = features(snapshot, shared, links(snapshot, shared, settings=SETTINGS.links), settings=SETTINGS)
    return dict(zip(table.column("person_id").to_pylist(), table.column(feature).to_pylist(), strict=True))[person]


def payment(number: int, payee: str, yuan: float, at: int, **more: object) -> dict[str, object]:
    kind = "merchant" if payee.startswith("m") else "person"
    return {
        "payment_id": f"p{number}", "payer_id": "anna", "payee_id": payee, "payee_kind": kind,
        "amount": round(yuan * 100), "at": at,
    } | more  # fmt: skip


def login(at: int, device: str = "d", ip: str = "i", person: str = "anna", **more: object) -> dict[str, object]:
    return {"person_id": person, "device_id": device, "ip": ip, "at": at} | more


def loan(name: str, lender: str, owed: float, opened: float, **more: object) -> dict[str, object]:
    return {
        "loan_id": name, "person_id": "anna", "lender_id": lender, "principal": 100_000,
        "outstanding": round(owed * 100), "opened_at": day(opened),
    } | more  # fmt: skip


NIGHT = day(190) + 17 * HOUR_US  # one o'clock in Shanghai
NOON = day(190) + 4 * HOUR_US

CASES: list[tuple[str, Rows, float | None]] = [
    ("friends", {"friendships": [{"person_id": "anna", "friend_id": "bob"}, {"person_id": "carl", "friend_id": "dora"}]}, 1),
    ("friends", {}, None),
    ("groups", {"group_memberships": [{"person_id": "anna", "group_id": "g"}, {"person_id": "anna", "group_id": "h"}]}, 2),
    ("group_messages_30d", {"group_memberships": [{"person_id": "anna", "group_id": "g", "messages_30d": 4}, {"person_id": "anna", "group_id": "h"}]}, 4),
    ("group_messages_30d", {"group_memberships": [{"person_id": "anna", "group_id": "g"}]}, None),
    ("moments_30d", {"people_activity": [{"person_id": "anna", "moments_30d": n, "observed_at": day(t)} for n, t in ((1, 10), (7, 100), (9, 201))]}, 7),
    ("complaints_180d", {"reports": [{"reporter_id": "bob", "person_id": "anna", "at": day(t)} for t in (1, 100, 150)]}, 2),
    ("complainants", {"reports": [{"reporter_id": "bob", "person_id": "anna", "at": day(t)} for t in (1, 100, 150)]}, 1),
    ("listed_as_contact", {"contacts": [{"person_id": "bob", "contact_id": "anna"}, {"person_id": "anna", "contact_id": "anna"}]}, 1),
    ("tenure_days", {}, 200),
    ("payments_per_day_30d", {"payments": [payment(1, "m", 5, day(t)) for t in (180,)] + [payment(2, "m", 5, day(20))]}, 1 / 30),
    ("large_payment_share_90d", {"payments": [payment(1, "bob", 10_000, NOON), payment(2, "bob", 9_999.99, NOON)]}, 0.5),
    ("night_large_payments_90d", {"payments": [payment(1, "bob", 20_000, NIGHT), payment(2, "bob", 20_000, NOON), payment(3, "bob", 5, NIGHT)]}, 1),
    ("refund_rate_90d", {"payments": [payment(1, "m", 5, NOON, refunded_at=NOON + 1), payment(2, "m", 5, NOON), payment(3, "m", 5, NOON, refunded_at=day(300)), payment(4, "m", 5, NOON)]}, 0.25),
    ("payees_90d", {"payments": [payment(1, "m", 5, NOON), payment(2, "m", 6, NOON), payment(3, "bob", 5, NOON), payment(4, "anna", 5, NOON)]}, 2),
    ("merchant_share_90d", {"payments": [payment(1, "m", 5, NOON), payment(2, "bob", 5, NOON)]}, 0.5),
    ("top_payee_share_90d", {"payments": [payment(1, "m", 30, NOON), payment(2, "m", 30, NOON), payment(3, "bob", 40, NOON)]}, 0.6),
    ("pass_through_30d", {"payments": [
        payment(1, "anna", 100, NOON, payer_id="bob"), payment(2, "carl", 60, NOON + HOUR_US), payment(3, "dora", 10, NOON + 30 * HOUR_US),
    ]}, 0.6),
    ("pass_through_30d", {"payments": [payment(1, "anna", 100, NOON, payer_id="m", payer_kind="merchant"), payment(2, "carl", 100, NOON)]}, None),
    ("inquiries_90d", {"inquiries": [{"person_id": "anna", "lender_id": "l", "at": day(t)} for t in (100, 120, 199)]}, 2),
    ("inquiring_lenders_30d", {"inquiries": [{"person_id": "anna", "lender_id": "l", "at": day(t)} for t in (180, 199)]}, 1),
    ("lenders_open", {"loans": [loan("a", "x", 10, 5), loan("b", "x", 10, 5), loan("c", "y", 10, 5), loan("d", "z", 0, 5)]}, 2),
    ("outstanding", {"loans": [loan("a", "x", 10.5, 5), loan("b", "y", 10, 5, closed_at=day(9)), loan("c", "y", 7, 5, closed_at=day(300))]}, 17.5),
    ("outstanding", {"loans": [loan("a", "x", 900, 5, observed_at=day(6)), loan("a", "x", 400, 5, observed_at=day(50)), loan("a", "x", 0, 5, observed_at=day(250))]}, 400),
    ("utilisation", {"loans": [loan("a", "x", 250, 5), loan("b", "y", 500, 5)]}, 0.375),
    ("max_days_past_due", {"loans": [loan("a", "x", 9, 5, observed_at=day(6), days_past_due=40), loan("a", "x", 9, 5, observed_at=day(60), days_past_due=0)]}, 40),
    ("max_days_past_due", {"loans": [loan("a", "x", 9, 5)]}, None),
    ("overdue_loans", {"loans": [loan("a", "x", 9, 5, observed_at=day(t), days_past_due=d) for t, d in ((6, 3), (7, 9))]}, 1),
    ("new_lenders_90d", {"loans": [loan("a", "x", 9, 5), loan("b", "x", 9, 150), loan("c", "y", 9, 150)]}, 1),
    ("guaranteed_for_others", {"loans": [loan("a", "x", 80, 5)], "guarantees": [{"guarantor_id": "bob", "loan_id": "a", "amount": 5000}]}, 0),
    ("ip_stability_90d", {"logins": [login(NOON + i, ip=ip) for i, ip in enumerate("iiij")]}, 0.75),
    ("ips_90d", {"logins": [login(NOON + i, ip=ip) for i, ip in enumerate("iiij")]}, 2),
    ("devices_90d", {"logins": [login(NOON, "d"), login(NOON, "e"), login(day(50), "f")]}, 2),
    ("device_sharing", {"logins": [login(NOON, "d"), login(NOON, "d", person="bob"), login(NOON, "d", person="carl"), login(NOON, "e")]}, 2),
    ("device_sharing", {"logins": [login(NOON, person="bob")]}, 0),
    ("same_model_sharers", {"devices": [{"device_id": "d", "model": "a"}, {"device_id": "e", "model": "a"}, {"device_id": "f", "model": "b"}],
                            "logins": [login(NOON, "d"), login(NOON, "e", person="bob"), login(NOON, "f", person="carl")]}, 1),
    ("emulator_share_90d", {"devices": [{"device_id": "d", "emulator": True}, {"device_id": "e", "emulator": False}],
                            "logins": [login(NOON, "d"), login(NOON, "e"), login(NOON + 1, "e"), login(NOON, "unknown")]}, 1 / 3),
    ("actions_per_minute_90d", {"logins": [login(NOON, duration_s=120.0, actions=6), login(NOON + 1, actions=99)]}, 3),
    ("session_regularity_90d", {"logins": [login(NOON + i, duration_s=60.0) for i in range(3)]}, 0),
    ("session_regularity_90d", {"logins": [login(NOON + i, duration_s=60.0) for i in range(2)]}, None),
    ("night_login_share_90d", {"logins": [login(NIGHT), login(NOON)]}, 0.5),
    ("component_size", {"identifiers": [{"person_id": p, "kind": "national_id", "value": "x"} for p in ("anna", "bob", "carl")]}, 3),
    ("core_number", {"identifiers": [{"person_id": p, "kind": "national_id", "value": "x"} for p in ("anna", "bob", "carl")]}, 2),
    ("fraud_pagerank", {}, None),
    ("shared_identifier_weight", {"identifiers": [{"person_id": p, "kind": "card", "value": "x"} for p in ("anna", "bob")]}, 1),
    ("shared_device_weight", {"logins": [login(NOON), login(NOON, person="bob", ip="j")]}, 1),
]  # fmt: skip


@pytest.mark.parametrize(("feature", "rows", "expected"), CASES, ids=[f"{i}-{case[0]}" for i, case in enumerate(CASES)])
def test_by_hand(feature: str, rows: Rows, expected: float | None) -> None:
    found = of(rows, feature)
    assert found == (None if expected is None else pytest.approx(expected))


def test_every_feature_has_a_case_by_hand() -> None:
    assert {case[0] for case in CASES} | {"pagerank"} == set(BY_NAME)


def test_a_guarantor_answers_for_what_is_owed_up_to_the_promise() -> None:
    rows = {"loans": [loan("a", "x", 80, 5)], "guarantees": [{"guarantor_id": "bob", "loan_id": "a", "amount": 5000}]}
    assert of(rows, "guaranteed_for_others", "bob") == 50
    unlimited = rows | {
        "guarantees": [{"guarantor_id": "bob", "person_id": "anna"}, {"guarantor_id": "bob", "loan_id": "a"}]
    }
    assert of(unlimited, "guaranteed_for_others", "bob") == 80


def test_nobody_is_evidence_against_themselves() -> None:
    friends = [{"person_id": "anna", "friend_id": "bob"}]
    label = {"person_id": "anna", "label": "fraud", "at": day(1)}
    rows = {"friendships": friends, "labels": [label]}
    assert of(rows, "fraud_pagerank", "anna") == 0
    assert of(rows, "fraud_pagerank", "bob") > of(rows, "fraud_pagerank", "carl") == 0
    late = {"friendships": friends, "labels": [label | {"at": AS_OF + 1}]}
    assert of(late, "fraud_pagerank", "bob") is None


def test_the_catalogue_covers_every_part_with_five_features_and_says_what_each_means() -> None:
    for part in ("social", "payment", "credit", "device"):
        assert sum(entry.part == part and not entry.structural for entry in CATALOGUE) >= 5
    assert len(BY_NAME) == len(CATALOGUE)
    assert all(entry.meaning and entry.unit and entry.tables for entry in CATALOGUE)


def test_a_snapshot_of_nobody_has_all_columns_and_no_row() -> None:
    snapshot = snapshot_of({})
    shared = uses(snapshot, window_days=180)
    table = features(snapshot, shared, links(snapshot, shared, settings=SETTINGS.links), settings=SETTINGS)
    assert table.num_rows == 0
    assert table.column_names == ["person_id", *BY_NAME]


def test_types_are_those_of_the_catalogue() -> None:
    snapshot = snapshot_of({"people": ALL})
    shared = uses(snapshot, window_days=180)
    table = features(snapshot, shared, links(snapshot, shared, settings=SETTINGS.links), settings=SETTINGS)
    kinds = {"int64": "int", "double": "float", "bool": "bool"}
    assert {name: kinds[str(table.schema.field(name).type)] for name in BY_NAME} == {e.name: e.dtype for e in CATALOGUE}
    values = np.concatenate([table.column(e.name).drop_null().to_numpy().astype(float) for e in CATALOGUE])
    assert all(math.isfinite(value) for value in values)
    assert DAY_US * 200 == AS_OF
