"""As-of rules and encodings: what is known when, and as which number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.schema import Entity
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import NEVER
from tests.tables import day, people, snapshot_of

LOAN = {"loan_id": "l", "person_id": "anna", "principal": 900, "outstanding": 900, "opened_at": day(1)}


def test_people_are_numbered_by_id_and_later_ones_are_unknown() -> None:
    rows = [*people("zed", "anna"), {"person_id": "late", "registered_at": day(201)}]
    snapshot = snapshot_of({"people": rows})
    assert snapshot.ids[Entity.PERSON].to_pylist() == ["anna", "zed"]
    assert snapshot["people"]["person_id"].tolist() == [0, 1]


def test_a_row_about_a_person_not_yet_known_is_not_known_either() -> None:
    rows = [*people("anna"), {"person_id": "late", "registered_at": day(201)}]
    friendship = {"person_id": "anna", "friend_id": "late", "since": day(5)}
    assert len(snapshot_of({"people": rows, "friendships": [friendship]})["friendships"]) == 0


def test_events_after_the_as_of_are_dropped_and_those_at_it_are_kept() -> None:
    logins = [{"person_id": "anna", "device_id": f"d{at}", "at": day(at)} for at in (199, 200, 201)]
    snapshot = snapshot_of({"people": people("anna"), "logins": logins})
    assert snapshot.ids[Entity.DEVICE].to_pylist() == ["d199", "d200"]


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("payments", {"payment_id": "p", "payer_id": "anna", "payee_id": "m", "payee_kind": "merchant", "amount": 1, "at": day(1)}, "refunded_at"),
        ("loans", LOAN, "closed_at"),
        ("identifiers", {"person_id": "anna", "kind": "phone", "value": "x"}, "until"),
        ("consents", {"person_id": "anna", "purpose": "scoring", "given_at": day(1)}, "withdrawn_at"),
        ("lists", {"list": "block", "target_kind": "person", "target_id": "anna", "reason": "r", "from": day(1)}, "until"),
    ],
)  # fmt: skip
def test_an_end_after_the_as_of_reads_as_null(table: str, row: dict[str, object], column: str) -> None:
    for ended_at, expected in [(day(201), NEVER), (day(200), day(200)), (None, NEVER)]:
        snapshot = snapshot_of({"people": people("anna"), table: [row | {column: ended_at}]})
        assert snapshot[table][column].tolist() == [expected]


def test_times_without_a_date_are_always_known() -> None:
    rows = {"people": people("a", "b"), "friendships": [{"person_id": "a", "friend_id": "b"}]}
    assert snapshot_of(rows)["friendships"]["since"].tolist() == [NEVER]


def test_messages_counted_later_are_unknown_but_the_membership_stays() -> None:
    joined = {"person_id": "anna", "group_id": "g", "joined_at": day(1), "messages_30d": 7, "observed_at": day(201)}
    snapshot = snapshot_of({"people": people("anna"), "group_memberships": [joined]})
    assert snapshot["group_memberships"]["messages_30d"].tolist() == [-1]
    undated = joined | {"joined_at": None}
    assert len(snapshot_of({"people": people("anna"), "group_memberships": [undated]})["group_memberships"]) == 0


def test_things_that_only_a_later_row_names_are_not_there() -> None:
    now = {
        "people": people("anna"),
        "devices": [{"device_id": "d1", "model": "a"}],
        "logins": [{"person_id": "anna", "device_id": "d1", "at": day(1)}],
    }
    later = {
        "people": now["people"],
        "devices": [*now["devices"], {"device_id": "d2", "model": "b"}],
        "logins": [*now["logins"], {"person_id": "anna", "device_id": "d2", "at": day(300)}],
    }
    assert snapshot_of(now).digest == snapshot_of(later).digest


def test_a_loan_not_yet_opened_takes_what_hangs_on_it_along() -> None:
    rows = {
        "people": people("anna", "bob"),
        "loans": [LOAN | {"opened_at": day(300)}],
        "guarantees": [{"guarantor_id": "bob", "loan_id": "l"}],
        "funding": [{"loan_id": "l", "partner_id": "p", "share": 0.5}],
    }
    snapshot = snapshot_of(rows)
    assert [len(snapshot[name]) for name in ("loans", "guarantees", "funding")] == [0, 0, 0]
    assert snapshot.count(Entity.LOAN) == 0


def test_without_a_loans_table_loans_are_bare() -> None:
    rows = {"people": people("anna"), "guarantees": [{"guarantor_id": "anna", "loan_id": "l"}]}
    assert snapshot_of(rows).ids[Entity.LOAN].to_pylist() == ["l"]


def test_a_merchant_may_bear_the_id_of_a_person() -> None:
    payment = {"payment_id": "p", "payer_id": "anna", "payee_id": "anna", "payee_kind": "merchant", "amount": 1, "at": day(1)}  # fmt: skip
    snapshot = snapshot_of({"people": people("anna", "bob"), "payments": [payment]})
    assert snapshot["payments"]["payer_id"].tolist() == [0]
    assert snapshot["payments"]["payee_id"].tolist() == [2]


def test_labels_can_be_left_out() -> None:
    rows = {"people": people("anna"), "labels": [{"person_id": "anna", "label": "fraud", "at": day(1)}]}
    assert len(snapshot_of(rows)["labels"]) == 1
    assert len(snapshot_of(rows, labels=False)["labels"]) == 0
    assert snapshot_of(rows).digest != snapshot_of(rows, labels=False).digest


def test_unknown_values_have_their_sentinels() -> None:
    snapshot = snapshot_of(
        {
            "people": people("anna"),
            "logins": [{"person_id": "anna", "device_id": "d", "at": day(1)}],
            "devices": [{"device_id": "d"}],
        }
    )
    assert snapshot["people"]["birth_date"].tolist() == [NEVER]
    assert snapshot["people"]["occupation"].tolist() == [-1]
    assert snapshot["devices"]["emulator"].tolist() == [-1]
    assert snapshot["devices"]["model"].tolist() == [-1]
    assert snapshot["logins"]["ip"].tolist() == [-1]
    assert np.isnan(snapshot["logins"]["duration_s"]).all()


def test_a_birth_date_is_a_day() -> None:
    row = {"person_id": "anna", "registered_at": 0, "birth_date": 10957}
    assert snapshot_of({"people": [row]})["people"]["birth_date"].tolist() == [10957]


def test_an_empty_store_gives_an_empty_snapshot() -> None:
    snapshot = snapshot_of({})
    assert snapshot.people == 0
    assert all(len(relation) == 0 for relation in snapshot.relations.values())


names = st.sampled_from(["a", "b", "c", "é", "中", "z'); --"])
logins_of = st.lists(st.tuples(names, names, st.integers(0, 250)), unique=True, max_size=12).map(
    lambda rows: [{"person_id": p, "device_id": d, "at": t * DAY_US} for p, d, t in rows]
)


@settings(max_examples=12, deadline=None)
@given(rows=logins_of, data=st.data())
def test_the_order_of_rows_changes_nothing(rows: list[dict[str, object]], data: st.DataObject) -> None:
    everybody = people("a", "b", "c", "é", "中", "z'); --")
    shuffled = data.draw(st.permutations(rows))
    first = snapshot_of({"people": everybody, "logins": rows})
    second = snapshot_of({"people": everybody[::-1], "logins": shuffled})
    assert first.digest == second.digest
    kept = sum(row["at"] <= 200 * DAY_US for row in rows)  # type: ignore[operator]
    assert len(first["logins"]) == kept
