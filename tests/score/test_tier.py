"""Tiers, limits and rates: always in their bands, better scores never worse off, social evidence never against."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.score.entries import PARTS, TIERS
from graphfraud.score.parts import assessed, values, weighted
from graphfraud.score.scores import Dossiers, scores
from graphfraud.score.tier import deciding_score
from tests.score.score_people import (
    AS_OF,
    CARD,
    NOBODY,
    ZONE,
    extreme,
    input_table,
    of_bins,
    ordinary,
    part_features,
    population,
    scored,
)

BANDS = {"new": (500, 5_000, 300, 500), "active": (5_000, 30_000, 200, 400), "premium": (30_000, 300_000, 150, 300)}
RANK = {"none": -1, **{name: rank for rank, name in enumerate(TIERS)}}
SOCIAL = [name for name in part_features("social") if name != "tenure_days"]

anybody = st.fixed_dictionaries({name: st.integers(-1, len(entry.edges)) for name, entry in CARD.features.items()}).map(
    of_bins
)
promising = st.builds(
    lambda person, keep: {**ordinary(), **{name: person.get(name) for name in keep}},
    anybody,
    st.sets(st.sampled_from(list(CARD.features)), max_size=12),
)


def check_offer(row: dict[str, Any]) -> None:
    if row["tier"] == "none":
        assert (row["limit_cny"], row["daily_rate"], row["irr_annual"]) == (0, None, None)
        return
    low, high, cheap, dear = BANDS[row["tier"]]
    assert low <= row["limit_cny"] <= high
    assert row["limit_cny"] % 100 == 0
    assert row["daily_rate"] in {step / 1_000_000 for step in range(cheap, dear + 1)}
    assert 0 < row["irr_annual"] <= 0.24


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(anybody, promising), min_size=1, max_size=8))
def test_no_offer_leaves_the_band_of_its_tier(people: list[dict[str, float | None]]) -> None:
    for row in scored(people):
        check_offer(row)
        assert (row["tier"] == "none") == (
            row["score"] is None or row["decision"] == "decline" or row["limit_cny"] == 0
        )


@settings(deadline=None, max_examples=80)
@given(st.one_of(anybody, promising))
def test_social_evidence_alone_never_lowers_a_tier(person: dict[str, float | None]) -> None:
    # An adverse code elsewhere lifts the protection, so the rest of the person is kept clear of them.
    clear = {
        name: value
        for name, value in person.items()
        if name not in CARD.features
        or CARD.features[name].part == "social"
        or loss(name, value) < CARD.decision.adverse_points
    }
    with_social, without = scored([clear, {**clear, **dict.fromkeys(SOCIAL)}])
    if with_social["rules_fired"] == without["rules_fired"] == []:
        assert RANK[with_social["tier"]] >= RANK[without["tier"]]
        assert with_social["limit_cny"] >= without["limit_cny"]
        assert with_social["decision"] == "approve" or without["decision"] != "approve"


def loss(name: str, value: float | None) -> float:
    """Points of its part that a value outside the social part lies below neutral."""
    if value is None or name not in CARD.features or CARD.features[name].part == "social":
        return 0.0
    entry = CARD.features[name]
    place = next((place for place, edge in enumerate(entry.edges) if value <= edge), len(entry.edges))
    return entry.missing - entry.points[place]


def test_the_worst_social_part_leaves_the_tier_of_a_good_person() -> None:
    good, shunned = scored(
        [ordinary(), ordinary(**{**extreme("social", best=False), "friends": 1, "tenure_days": 800})]
    )
    assert shunned["score"] < good["score"] - 15
    assert shunned["tier"] == scored([ordinary(**dict.fromkeys(SOCIAL))])[0]["tier"] != "none"


def test_an_adverse_code_elsewhere_lifts_the_protection() -> None:
    social = {**extreme("social", best=False), "friends": 1, "tenure_days": 800}
    mule = {"pass_through_30d": 0.9, "top_payee_share_90d": 0.95}
    liked, shunned = scored([ordinary(**mule), ordinary(**mule, **social)])
    assert RANK[shunned["tier"]] < RANK[liked["tier"]]


@settings(deadline=None, max_examples=60)
@given(promising, st.sampled_from([name for name in CARD.features if CARD.features[name].direction != "any"]))
def test_a_better_value_never_costs(person: dict[str, float | None], name: str) -> None:
    entry = CARD.features[name]
    bins = range(len(entry.edges) + 1)
    active = {feature: 1 for part in CARD.parts.values() for feature in part.activity if not person.get(feature)}
    ladder = [{**active, **person, **active, **of_bins({name: place})} for place in bins]
    if name in active:
        ladder = ladder[1:] if entry.direction == "up" else ladder
    rows = scored(ladder if entry.direction == "up" else ladder[::-1])
    for worse, better in pairwise(rows):
        assert better["score"] >= worse["score"]
        assert better["limit_cny"] >= worse["limit_cny"]
        assert (better["daily_rate"] or 1) <= (worse["daily_rate"] or 1)


def test_premium_needs_many_scenes_activity_and_tenure() -> None:
    best = ordinary(payments_per_day_30d=4, payees_90d=45, friends=200, inquiries_90d=0, outstanding=0.0)
    lacking = ({"payees_90d": 9}, {"payments_per_day_30d": 0.4}, {"merchant_share_90d": 0.1}, {"tenure_days": 100})
    premium, *others = scored([best, *({**best, **lack} for lack in lacking)])
    assert premium["tier"] == "premium"
    assert {row["tier"] for row in others} == {"active"}


@pytest.mark.parametrize("part", ["payment", "credit"])
def test_premium_needs_the_parts_that_show_it(part: str) -> None:
    [row] = scored([ordinary(**dict.fromkeys(part_features(part)))])
    assert part not in row["parts_present"]
    assert row["tier"] != "premium"


def test_active_needs_frequent_payments() -> None:
    often, seldom = scored([ordinary(payees_90d=5), ordinary(payees_90d=5, payments_per_day_30d=0.05)])
    assert (often["tier"], seldom["tier"]) == ("active", "new")


def test_debt_lowers_the_limit_and_at_last_the_tier() -> None:
    owing = [0.0, 1_000.0, 4_000.0]
    limits = [row["limit_cny"] for row in scored([ordinary(outstanding=sum_owed) for sum_owed in owing])]
    assert limits == sorted(limits, reverse=True)
    assert len(set(limits)) == 3
    drowned, over = scored([ordinary(outstanding=299_000.0), ordinary(outstanding=300_000.0)])
    assert (drowned["tier"], over["tier"]) == ("premium", "new")
    assert drowned["limit_cny"] < 31_000
    assert over["limit_cny"] == 500


def test_the_best_of_all_gets_the_top_of_the_band() -> None:
    best = {name: value for part in CARD.parts for name, value in extreme(part, best=True).items()}
    [row] = scored([{**best, "payees_90d": 40, "outstanding": 0.0}])
    assert (row["score"], row["tier"], row["limit_cny"], row["daily_rate"]) == (100, "premium", 300_000, 0.00015)


def test_the_floor_gets_the_bottom_of_the_band() -> None:
    # 75 − 25 points in the only part there is, which weighs 40: with the others neutral 65
    [row] = scored([{"payees_90d": 1, "pass_through_30d": 0.9, "tenure_days": 10}])
    assert row["score"] == 50 < CARD.floor
    assert (row["tier"], row["limit_cny"], row["daily_rate"]) == ("new", 500, 0.0005)


@settings(deadline=None, max_examples=80)
@given(st.one_of(anybody, promising), st.sets(st.sampled_from(PARTS), min_size=1, max_size=3))
def test_what_is_not_known_makes_no_loss_larger(person: dict[str, float | None], gone: set[str]) -> None:
    """Who lacks a part fares no worse than a complete person whose part is neutral and whose others are the same."""
    lively = {**person, "friends": 1, "payees_90d": 1, "devices_90d": 1}
    lacking = {**lively, **{name: None for part in gone for name in part_features(part)}}
    people = assessed(values(input_table([lacking]), CARD), CARD)
    if np.isnan(people.parts).all():
        return
    filled = np.where(np.isnan(people.parts), [CARD.neutral(name) for name in PARTS], people.parts)
    decides = deciding_score(people, np.array([True]))[0]
    assert decides == max(people.total[0], weighted(filled, CARD)[0])


def test_few_friends_decline_nobody_whom_the_same_debts_would_not() -> None:
    debts = {"lenders_open": 5, "inquiries_90d": 13, "utilisation": 0.99, "default_probability": 0.4}
    pays = {"refund_rate_90d": 0.6, "large_payment_share_90d": 0.2, "night_large_payments_90d": 5}
    known, shy = scored([ordinary(**debts, **pays), ordinary(**debts, **pays, **dict.fromkeys(SOCIAL))])
    assert shy["social"] is None
    assert shy["score"] < CARD.floor - CARD.decision.review_band < CARD.floor <= known["score"]
    assert known["decision"] == shy["decision"] == "approve"


def test_a_thin_file_saves_nobody_whom_the_rest_condemns() -> None:
    mule = {"pass_through_30d": 0.9, "night_large_payments_90d": 6, "large_payment_share_90d": 0.4}
    [shy] = scored([ordinary(**mule, **dict.fromkeys(SOCIAL))])
    assert (shy["social"], shy["decision"], shy["tier"]) == (None, "decline", "none")


@settings(deadline=None, max_examples=80)
@given(anybody, st.sampled_from(["complaints_180d", "complainants"]), st.booleans())
def test_a_complaint_about_a_thin_file_never_helps_to_an_offer(
    person: dict[str, float | None], name: str, fired: bool
) -> None:
    silent = {**person, **dict.fromkeys(CARD.parts["social"].activity, 0)}
    ladder = [{**silent, **of_bins({name: place})} for place in range(len(CARD.features[name].edges) + 1)]
    people = assessed(values(input_table(ladder), CARD), CARD)
    decides = deciding_score(people, np.full(len(ladder), fired))
    if not np.isnan(decides).any():
        assert (np.diff(decides) <= 1e-6).all()


def test_no_payment_table_means_new() -> None:
    silent = ordinary(**dict.fromkeys(part_features("payment")))
    [row] = scored([silent])
    assert row["tier"] == "new"
    assert row["parts_present"] == ["social", "credit", "device"]


def test_a_normal_population_keeps_the_users_figures() -> None:
    features, standing = population(20_000, 7)
    table = scores(Dossiers(features, standing, NOBODY), card=CARD, as_of=AS_OF, zone=ZONE)
    decisions = {row["values"]: row["counts"] / 20_000 for row in table["decision"].value_counts().to_pylist()}
    assert decisions["approve"] >= 0.85
    assert decisions["approve"] + decisions.get("decline", 0) >= 0.98
    for row in table.slice(0, 500).to_pylist():
        check_offer(row)


@pytest.mark.parametrize("part", ["payment", "credit", "device"])
def test_each_other_part_can_cost_the_tier(part: str) -> None:
    good, bad = scored([ordinary(), ordinary(**extreme(part, best=False))])
    assert RANK[bad["tier"]] < RANK[good["tier"]]
