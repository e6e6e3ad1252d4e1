"""Reasons: few, true, about this person, and in two languages."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.score.rules import of_kind
from tests.score.score_people import CARD, NOBODY, extreme, membership_table, of_bins, ordinary, scored

RULES = of_kind("night")

FEATURE_OF = {entry.reason.code: name for name, entry in CARD.features.items()}
anybody = st.fixed_dictionaries({name: st.integers(-1, len(entry.edges)) for name, entry in CARD.features.items()}).map(
    of_bins
)


def best_value(name: str) -> float | None:
    """A value of the feature that loses nothing: of the best bin."""
    points = CARD.features[name].points
    return of_bins({name: points.index(max(points))})[name]


@settings(deadline=None, max_examples=60)
@given(anybody)
def test_reasons_are_few_true_and_sorted(person: dict[str, float | None]) -> None:
    [row] = scored([person])
    given_reasons = row["reasons"]
    codes = [reason["code"] for reason in given_reasons]
    assert len(codes) == len(set(codes)) <= 4
    features = [code for code in codes if code in FEATURE_OF]
    assert codes == [*row["rules_fired"][:4], *features]
    losses = [reason["points"] for reason in given_reasons if reason["code"] in FEATURE_OF]
    assert losses == sorted(losses, reverse=True)
    assert all(loss >= CARD.decision.reason_points - 1e-4 for loss in losses)
    cured = [{**person, FEATURE_OF[code]: best_value(FEATURE_OF[code])} for code in features]
    for code, better in zip(features, scored(cured) if cured else [], strict=True):
        assert person[FEATURE_OF[code]] is not None, "a reason about a value that nobody knows"
        if better["parts_present"] == row["parts_present"]:  # without its complaint a thin file is left out
            assert better["score"] > row["score"], code


@settings(deadline=None, max_examples=60)
@given(anybody)
def test_whoever_is_not_approved_learns_why(person: dict[str, float | None]) -> None:
    [row] = scored([person])
    if row["decision"] != "approve" or row["tier"] == "none":
        assert row["reasons"]


def test_the_points_are_those_lost_below_neutral() -> None:
    [row] = scored([ordinary(pass_through_30d=0.95)])
    [reason] = row["reasons"]
    assert reason["code"] == "P-PASSTHROUGH"
    assert reason["points"] == -CARD.features["pass_through_30d"].points[-1] * 0.4


def test_points_grow_where_parts_are_missing() -> None:
    gone = dict.fromkeys(name for name, entry in CARD.features.items() if entry.part != "payment")
    [row] = scored([ordinary(**gone, pass_through_30d=0.95)])
    [reason] = row["reasons"]
    assert reason["points"] == -CARD.features["pass_through_30d"].points[-1]


def test_the_persons_own_values_are_written() -> None:
    people = [
        ordinary(refund_rate_90d=0.345),
        ordinary(outstanding=234_567.0),
        ordinary(inquiries_90d=9),
        ordinary(fraud_pagerank=123.456),
    ]
    texts = [(row["reasons"][0]["zh"], row["reasons"][0]["en"]) for row in scored(people)]
    assert texts == [
        ("近90天退款率 34.5%", "refund rate in 90 days: 34.5%"),
        ("未结清贷款余额 234,567 元", "owed on open loans: 234,567 CNY"),
        ("近90天征信查询 9 次", "bureau inquiries in 90 days: 9"),
        (
            "与已确认欺诈账户关联密切（平均水平的 123.46 倍）",
            "close to accounts known as fraudulent (123.46 times the average)",
        ),
    ]


def test_each_person_has_their_own_text() -> None:
    rows = scored([ordinary(inquiries_90d=count) for count in (5, 9, 5, 20)])
    assert [re.findall(r"\d+", row["reasons"][0]["en"])[-1] for row in rows] == ["5", "9", "5", "20"]


def test_rules_come_first_in_their_order_and_take_the_places() -> None:
    membership = membership_table(("p00000", "a", 0.9, "member"))
    bad = ordinary(max_days_past_due=95, pass_through_30d=0.99)
    [row] = scored([bad], membership, blocked=True, watched=True, id_verified=False)
    order = [rule.id for rule in RULES]
    assert row["rules_fired"] == sorted(row["rules_fired"], key=order.index)
    assert [reason["code"] for reason in row["reasons"]] == row["rules_fired"][:4]
    assert len(row["rules_fired"]) == 5
    assert {reason["points"] for reason in row["reasons"]} == {0.0}


def test_the_best_have_no_reasons() -> None:
    best: dict[str, Any] = {}
    for part in CARD.parts:
        best |= extreme(part, best=True)
    assert scored([best], NOBODY)[0]["reasons"] == []
