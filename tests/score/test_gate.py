"""The gate: each rule fires where it should, not at the nearest no, and never because a table is absent."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from graphfraud.errors import InputError, MissingColumnError
from graphfraud.score.gate import ages, facts
from graphfraud.score.rules import Outcome, of_kind
from tests.score.score_people import NOBODY, membership_table, ordinary, scored, standing_table

RULES = of_kind("night")

TODAY = np.datetime64("2026-02-01")


def one(membership: pa.Table = NOBODY, features: dict[str, Any] | None = None, **standing: Any) -> dict[str, Any]:
    [row] = scored([ordinary(**(features or {}))], membership, **standing)
    return row


def ring(score: float, role: str = "member") -> pa.Table:
    return membership_table(("p00000", "ring-1", score, role))


FIRES: list[tuple[str, str, pa.Table, dict[str, Any], dict[str, Any]]] = [
    ("R-MINOR", "decline", NOBODY, {}, {"birth_date": date(2008, 2, 2)}),
    ("R-BLOCK", "decline", NOBODY, {}, {"blocked": True}),
    ("R-CONFIRMED", "decline", ring(0.6), {}, {"known_fraud": True}),
    ("R-OVERDUE-90", "decline", NOBODY, {"max_days_past_due": 90}, {}),
    ("R-OVERDUE-30", "review", NOBODY, {"max_days_past_due": 89}, {}),
    ("R-OVERDUE-30", "review", NOBODY, {"max_days_past_due": 30}, {}),
    ("R-ID", "review", NOBODY, {}, {"id_verified": False}),
    ("R-FACE", "review", NOBODY, {}, {"face_verified": False}),
    ("R-WATCH", "review", NOBODY, {}, {"watched": True}),
    ("R-RING", "review", ring(0.8), {}, {}),
    ("R-FRAUD", "review", NOBODY, {}, {"known_fraud": True}),
]
QUIET: list[tuple[str, pa.Table, dict[str, Any], dict[str, Any]]] = [
    ("eighteen today", NOBODY, {}, {"birth_date": date(2008, 2, 1)}),
    ("age unknown", NOBODY, {}, {"birth_date": None}),
    ("29 days late", NOBODY, {"max_days_past_due": 29}, {}),
    ("never borrowed", NOBODY, {"max_days_past_due": None}, {}),
    ("weak ring", ring(0.79), {}, {}),
    ("bystander", ring(0.99, "bystander"), {}, {}),
    ("nothing verified yet", NOBODY, {}, {"id_verified": None, "face_verified": None}),
    ("watched, but allowed", NOBODY, {}, {"watched": True, "allowed": True}),
    ("ring, but allowed", ring(0.9), {}, {"allowed": True}),
]


@pytest.mark.parametrize(("rule", "decision", "membership", "features", "standing"), FIRES)
def test_a_rule_fires(
    rule: str, decision: str, membership: pa.Table, features: dict[str, Any], standing: dict[str, Any]
) -> None:
    row = one(membership, features, **standing)
    assert row["rules_fired"] == [rule]
    assert row["decision"] == decision
    assert row["reasons"][0]["code"] == rule
    assert (row["tier"] == "none") == (decision == "decline")


@pytest.mark.parametrize(("name", "membership", "features", "standing"), QUIET)
def test_the_nearest_no_fires_nothing(
    name: str, membership: pa.Table, features: dict[str, Any], standing: dict[str, Any]
) -> None:
    row = one(membership, features, **standing)
    assert row["rules_fired"] == [], name
    assert row["decision"] == "approve"


def test_every_rule_is_tried_above() -> None:
    assert {rule.id for rule in RULES} == {rule for rule, *_ in FIRES} | {"R-NOFILE"}


def test_a_rule_says_what_it_is() -> None:
    for rule in RULES:
        assert rule.id.startswith("R-")
        assert rule.version >= 1
        assert rule.meaning
        assert rule.zh
        assert rule.en
        assert rule.outcome is not Outcome.APPROVE


def test_the_allow_list_does_not_open_the_gate_for_minors() -> None:
    row = one(birth_date=date(2012, 1, 1), allowed=True, id_verified=False)
    assert row["rules_fired"] == ["R-MINOR", "R-ID"]
    assert row["decision"] == "decline"


def test_the_worst_outcome_wins_and_all_rules_are_told() -> None:
    row = one(ring(0.95), {"max_days_past_due": 40}, watched=True, blocked=True)
    assert row["rules_fired"] == ["R-BLOCK", "R-OVERDUE-30", "R-WATCH", "R-RING"]
    assert row["decision"] == "decline"


def test_a_ring_alone_never_declines() -> None:
    assert one(ring(1.0, "organiser"))["decision"] == "review"


def test_the_worst_of_several_rings_counts() -> None:
    rings = membership_table(
        ("p00000", "a", 0.6, "member"), ("p00000", "b", 0.9, "mule"), ("p00000", "c", 0.95, "bystander")
    )
    row = one(rings)
    assert row["rules_fired"] == ["R-RING"]
    assert "0.9" in row["reasons"][0]["zh"]


def test_a_bystander_known_as_fraudulent_is_no_ring_member() -> None:
    assert one(ring(0.9, "bystander"), known_fraud=True)["rules_fired"] == ["R-FRAUD"]


def test_nothing_known_is_looked_at_by_a_person() -> None:
    [row] = scored([{}])
    assert (row["score"], row["tier"], row["decision"]) == (None, "none", "review")
    assert row["rules_fired"] == ["R-NOFILE"]
    assert row["parts_present"] == []


def test_the_eighteenth_birthday_by_the_calendar() -> None:
    born = pa.chunked_array([[date(2008, 2, 1), date(2008, 2, 2), date(2008, 2, 29), date(2007, 12, 31), None]])
    assert ages(born, TODAY).tolist()[:4] == [18, 17, 17, 18]
    assert np.isnan(ages(born, TODAY)[4])
    leap = pa.chunked_array([[date(2008, 2, 29)]])
    assert ages(leap, np.datetime64("2026-02-28"))[0] == 17
    assert ages(leap, np.datetime64("2026-03-01"))[0] == 18


def test_a_ring_member_that_nobody_knows_is_an_error() -> None:
    stranger = membership_table(("stranger", "ring-1", 0.9, "member"))
    with pytest.raises(InputError, match="1 ring members are not among the people scored"):
        facts(standing_table(1), stranger, today=TODAY)


@pytest.mark.parametrize("gone", ["birth_date", "known_fraud"])
def test_standing_must_be_whole(gone: str) -> None:
    with pytest.raises(MissingColumnError, match=f"no column {gone}"):
        facts(standing_table(1).drop_columns([gone]), NOBODY, today=TODAY)


def test_membership_must_be_whole() -> None:
    with pytest.raises(MissingColumnError, match="no column role"):
        facts(standing_table(1), NOBODY.drop_columns(["role"]), today=TODAY)
