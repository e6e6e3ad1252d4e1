"""Points, parts, total: swings equal weights, thin files move their weight, nothing depends on the neighbours."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.errors import MissingColumnError
from graphfraud.score.entries import PARTS, Entry, Reason
from graphfraud.score.parts import Assessed, assessed, feature_points, values
from tests.score.score_people import (
    CARD,
    ORDINARY,
    extreme,
    feature_table,
    input_table,
    known_of,
    of_bins,
    ordinary,
    part_features,
    population,
)

WEIGHT = {name: part.weight for name, part in CARD.parts.items()}


def assess(*people: dict[str, float | None]) -> Assessed:
    return assessed(values(input_table(people), CARD), CARD)


def people(*, complete: bool) -> st.SearchStrategy[dict[str, float | None]]:
    least = 0 if complete else -1
    return st.fixed_dictionaries(
        {name: st.integers(least, len(entry.edges)) for name, entry in CARD.features.items()}
    ).map(of_bins)


def active(person: dict[str, float | None]) -> dict[str, float | None]:
    """The same person, with a friend, a payment and a login, so that no file is thin."""
    more = {name: max(person.get(name) or 0, 1) for name in ("friends", "payees_90d", "devices_90d")}
    return {**person, **more}


@settings(deadline=None, max_examples=80)
@given(people(complete=True), st.sampled_from(PARTS))
def test_the_swing_of_a_part_is_its_weight(person: dict[str, float | None], part: str) -> None:
    best = active({**person, **extreme(part, best=True)})
    worst = active({**person, **extreme(part, best=False)})
    # the most harmless activity of the part keeps the file from being thin, and is worth what the least is
    both = assess(best, worst)
    assert both.parts[:, PARTS.index(part)] == pytest.approx([100, 0])
    assert both.total[0] - both.total[1] == pytest.approx(WEIGHT[part], abs=2e-6)


@settings(deadline=None, max_examples=80)
@given(people(complete=True), st.sets(st.sampled_from(PARTS), max_size=4))
def test_a_missing_part_gives_its_weight_to_the_others(person: dict[str, float | None], gone: set[str]) -> None:
    whole = active(person)
    thin = {name: None if CARD.features[name].part in gone else value for name, value in whole.items()}
    both = assess(whole, thin)
    assert np.isnan(both.parts[1]).tolist() == [part in gone for part in PARTS]
    left = [part for part in PARTS if part not in gone]
    if not left:
        assert np.isnan(both.total[1])
        return
    parts = dict(zip(PARTS, both.parts[0], strict=True))
    expected = sum(WEIGHT[part] * parts[part] for part in left) / sum(WEIGHT[part] for part in left)
    assert both.total[1] == pytest.approx(expected, abs=2e-6)


@settings(deadline=None, max_examples=80)
@given(people(complete=False))
def test_the_total_is_the_bases_and_the_contributions(person: dict[str, float | None]) -> None:
    one = assess(person)
    if np.isnan(one.total[0]):
        assert not one.contributions.any()
        return
    assert 0 <= one.total[0] <= 100
    bases = np.array([CARD.parts[name].base for name in PARTS])
    assert (one.share[0] * bases).sum() + one.contributions.sum() == pytest.approx(one.total[0], abs=1e-5)


@settings(deadline=None, max_examples=80)
@given(people(complete=True), st.sampled_from([n for n, e in CARD.features.items() if e.direction != "any"]))
def test_points_are_monotone_where_declared(person: dict[str, float | None], name: str) -> None:
    entry = CARD.features[name]
    ladder = [active({**person, **of_bins({name: place})}) for place in range(len(entry.edges) + 1)]
    totals = assess(*ladder).total
    rising = totals if entry.direction == "up" else totals[::-1]
    assert (np.diff(rising) >= 0).all()


@settings(deadline=None, max_examples=60)
@given(people(complete=False), st.sampled_from(["complaints_180d", "complainants"]))
def test_a_complaint_never_helps_even_a_thin_file(person: dict[str, float | None], name: str) -> None:
    silent = {**person, **dict.fromkeys(CARD.parts["social"].activity, 0)}
    ladder = [{**silent, **of_bins({name: place})} for place in range(len(CARD.features[name].edges) + 1)]
    totals = assess(*ladder).total
    if not np.isnan(totals).any():
        assert (np.diff(totals) <= 1e-6).all()


def test_a_thin_social_file_is_left_out() -> None:
    thin = ordinary(**dict.fromkeys(CARD.parts["social"].activity, 0))
    one_friend = {**thin, "friends": 1}
    both = assess(thin, one_friend)
    assert np.isnan(both.parts[:, 0]).tolist() == [True, False]
    assert both.total[0] == both.without_social[0] == both.without_social[1]


def test_complaints_about_a_thin_file_count() -> None:
    thin = ordinary(**dict.fromkeys(CARD.parts["social"].activity, 0), complaints_180d=12, complainants=7)
    one = assess(thin)
    assert one.parts[0, 0] < CARD.floor
    assert one.total[0] < one.without_social[0]


def test_structure_alone_is_no_social_file() -> None:
    person = {**ORDINARY, **dict.fromkeys(part_features("social")), "tenure_days": 3, "fraud_pagerank": 500}
    assert np.isnan(assess(person).parts[0, 0])


def test_wallet_and_device_without_use_are_left_out() -> None:
    unused = ordinary(payments_per_day_30d=0, payees_90d=0, ips_90d=0, devices_90d=0)
    assert np.isnan(assess(unused).parts[0]).tolist() == [False, True, False, True]


def test_an_edge_belongs_to_the_bin_below() -> None:
    edges = CARD.features["friends"].edges
    value = np.array([edges[0], edges[0] + 1e-9, edges[-1], np.inf, -1.0, np.nan])
    points = CARD.features["friends"].points
    expected = [points[0], points[1], points[-2], points[-1], points[0], 0.0]
    assert feature_points(value, CARD.features["friends"]).tolist() == expected


def test_a_yes_or_no_feature_earns_by_value() -> None:
    entry = Entry("device", "down", (2.0, -5.0), Reason("D-FLAG", "是", "yes"), missing=1.0)
    assert feature_points(np.array([0.0, 1.0, np.nan]), entry).tolist() == [2.0, -5.0, 1.0]


def test_a_person_scores_the_same_in_any_company() -> None:
    features, _ = population(500, 3)
    together = assessed(known_of(features), CARD)
    order = np.random.Generator(np.random.PCG64(1)).permutation(500)
    shuffled = assessed(known_of(features.take(pa.array(order))), CARD)
    assert np.array_equal(together.total[order], shuffled.total)
    alone = assessed(known_of(features.slice(123, 1)), CARD)
    assert alone.total[0] == together.total[123]


def test_a_missing_column_is_named() -> None:
    table = feature_table([ORDINARY]).drop_columns(["friends"])
    with pytest.raises(MissingColumnError, match="no column friends"):
        values(table, CARD)


def test_nobody_is_assessed() -> None:
    assert assess().total.shape == (0,)
