"""Between two assessments: cadence by tier, a margin before a tier changes, bounds on how far a limit moves."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.score.entries import TIERS
from graphfraud.score.parts import assessed
from graphfraud.score.scores import Dossiers, scores
from graphfraud.score.tier import Earlier, next_assessment, offers
from tests.score.score_people import CARD, NOBODY, ZONE, feature_table, known_of, ordinary, standing_table

RANK = {"none": -1, **{name: rank for rank, name in enumerate(TIERS)}}
GOOD = ordinary()
FAIR = ordinary(inquiries_90d=13, lenders_open=5, new_lenders_90d=3)
POOR = {**FAIR, "utilisation": 1.0, "overdue_loans": 2, "pass_through_30d": 0.95}
LATER = {"same day": 0, "six days": 6, "a week": 7, "four weeks": 27, "a month": 28}


def held(tier: str, limit: float, assessed: date = date(2026, 2, 1), rate: float = 0.0004) -> pa.Table:
    return pa.table(
        {
            "person_id": ["p00000"],
            "tier": [tier],
            "limit_cny": [limit],
            "daily_rate": pa.array([None if tier == "none" else rate], pa.float64()),
            "assessed_on": pa.array([assessed], pa.date32()),
        }
    )


def night(person: dict[str, float | None], earlier: pa.Table | None, days: int = 0, **standing: Any) -> dict[str, Any]:
    as_of = int(datetime(2026, 2, 1, tzinfo=UTC).timestamp() + days * 86_400) * 1_000_000
    dossiers = Dossiers(feature_table([person]), standing_table(1, **standing), NOBODY, earlier=earlier)
    [row] = scores(dossiers, card=CARD, as_of=as_of, zone=ZONE).to_pylist()
    return row


@pytest.mark.parametrize(("tier", "due"), [("new", 28), ("active", 7), ("premium", 0)])
def test_a_tier_is_assessed_in_its_own_time(tier: str, due: int) -> None:
    limit = {"new": 2_000.0, "active": 9_000.0, "premium": 100_000.0}[tier]
    for days in LATER.values():
        row = night(FAIR if tier == "premium" else GOOD, held(tier, limit), days)
        if days < due:
            assert (row["tier"], row["limit_cny"], row["daily_rate"]) == (tier, limit, 0.0004)
            assert row["assessed_on"] == date(2026, 2, 1)
        else:
            assert row["assessed_on"] == date(2026, 2, 1 + days) if days < 28 else date(2026, 3, 1)
            assert (row["tier"], row["limit_cny"]) != (tier, limit)


def test_a_refusal_does_not_wait() -> None:
    row = night(GOOD, held("new", 2_000.0), 1, blocked=True)
    assert (row["decision"], row["tier"], row["limit_cny"]) == ("decline", "none", 0)


def test_a_new_tier_is_one_step_away() -> None:
    assert night(GOOD, None)["tier"] == "premium"
    assert night(GOOD, held("new", 2_000.0), 31)["tier"] == "active"
    assert night(POOR, None)["tier"] == "new"
    assert night(POOR, held("premium", 100_000.0), 31)["tier"] == "active"


def test_a_limit_moves_no_further_than_the_card_says() -> None:
    up = night(GOOD, held("premium", 40_000.0))
    down = night(GOOD, held("premium", 300_000.0))
    free = night(GOOD, None)
    assert up["limit_cny"] == 80_000
    assert down["limit_cny"] == max(150_000, free["limit_cny"])


def steps(score: float, tier: str | None) -> str:
    """The tier at a score of one's own choice, with a tier held from before."""
    known = known_of(feature_table([GOOD]))
    earlier = None
    if tier is not None:
        earlier = Earlier(*(np.array([value]) for value in (TIERS.index(tier), 6_000, 400, 0)))
    nobody = np.array([False])
    offer = offers(np.array([score]), known, assessed(known, CARD), excluded=nobody, earlier=earlier)
    return [*TIERS, "none"][int(offer.tier[0])]


def test_nobody_flips_at_a_threshold() -> None:
    least, margin = CARD.tiers["active"].min_score, CARD.change.margin
    assert steps(least, None) == "active"
    assert steps(least - 0.01, None) == "new"
    for held_tier, score, expected in (
        ("active", least - margin, "active"),
        ("active", least - margin - 0.01, "new"),
        ("new", least + margin, "active"),
        ("new", least + margin - 0.01, "new"),
    ):
        assert steps(score, held_tier) == expected, (held_tier, score)


def test_the_floor_has_a_margin_for_those_who_hold_an_offer() -> None:
    # neutral is 75, the floor 65: 25 points of the payment part are 10 of the total; 5 of credit are one more
    at = {"payees_90d": 1, "pass_through_30d": 0.9}
    under = {**at, "max_days_past_due": 8}
    assert night(at, None)["decision"] == "approve"
    assert night(under, None)["decision"] == "review"
    assert night(under, held("new", 500.0), 40)["decision"] == "approve"
    further = {**under, "utilisation": 0.95, "outstanding": 200_001.0}
    assert night(further, held("new", 500.0), 40)["decision"] == "decline"


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["none", *TIERS]),
    st.fixed_dictionaries(
        {"inquiries_90d": st.integers(0, 12), "payees_90d": st.integers(0, 50), "complaints_180d": st.integers(0, 12)}
    ),
)
def test_social_evidence_costs_no_tier_whatever_was_held(tier: str, changes: dict[str, float | None]) -> None:
    # 13 inquiries are an adverse code of this card; from there on social evidence may count against a person
    limit = {"none": 0.0, "new": 2_000.0, "active": 9_000.0, "premium": 100_000.0}[tier]
    social = [name for name, entry in CARD.features.items() if entry.part == "social" and name != "tenure_days"]
    person = ordinary(**changes)
    with_social = night(person, held(tier, limit), 40)
    without = night({**person, **dict.fromkeys(social)}, held(tier, limit), 40)
    assert RANK[with_social["tier"]] >= RANK[without["tier"]]
    assert with_social["limit_cny"] >= without["limit_cny"]


def test_two_ways_in() -> None:
    assert night(GOOD, None, invited=True)["way_in"] == "invitation"
    assert night(GOOD, None, invited=False)["way_in"] == "application"
    assert night(GOOD, None, invited=None)["way_in"] == "application"


def test_the_next_assessment_by_the_calendar() -> None:
    assert next_assessment("new", date(2026, 1, 31)) == date(2026, 2, 28)
    assert night(GOOD, held("new", 2_000.0), 1)["next_assessment"] == date(2026, 3, 1)
