"""Fairness figures: intervals that hold, ratios among the like, and a picture that shows every group."""

from xml.etree import ElementTree

import numpy as np
import pytest

from graphfraud.publish.fairness_picture import fairness_picture
from graphfraud.publish.ratios import NOTHING, deciles, ratio_of_means, share, stratified_ratio


def test_the_interval_of_a_share_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    for true, people in ((0.02, 200), (0.4, 60)):
        found = [share(int(count), people) for count in rng.binomial(people, true, 2000)]
        assert np.mean([one.low <= true <= one.high for one in found]) == pytest.approx(0.95, abs=0.025)


def test_nobody_has_no_share() -> None:
    assert share(0, 0) == NOTHING
    assert share(0, 50).low == 0.0


def people(ratio: float, seed: int, count: int = 4000) -> tuple[np.ndarray, ...]:
    """Two groups in ten strata of very different risk, the first mostly where risk is high."""
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, 10, count)
    one = rng.random(count) < 0.1 + 0.07 * stratum
    flag = rng.random(count) < 0.02 * (1 + stratum) * np.where(one, ratio, 1.0)
    return flag, one, ~one, stratum


def test_a_ratio_among_the_like_is_not_that_of_the_unlike() -> None:
    flag, one, other, stratum = people(1.0, 5, count=40_000)
    assert flag[one].mean() / flag[other].mean() > 1.4
    found = stratified_ratio(flag, one, other, stratum)
    assert found.low < 1 < found.high
    assert found.value == pytest.approx(1.0, abs=0.1)


def test_the_interval_of_a_ratio_holds_as_often_as_it_says() -> None:
    found = [stratified_ratio(*people(1.5, seed)) for seed in range(300)]
    assert np.mean([one.low <= 1.5 <= one.high for one in found]) == pytest.approx(0.95, abs=0.035)


def test_without_hits_in_both_groups_there_is_no_ratio() -> None:
    flag = np.array([True, False, False, False])
    one = np.array([True, True, False, False])
    assert stratified_ratio(flag, one, ~one, np.zeros(4, np.int64)) == NOTHING
    assert stratified_ratio(flag, one, ~one, np.arange(4)) == NOTHING
    assert ratio_of_means(np.array([1.0, 1.0, 0.0, 0.0]), one, ~one) == NOTHING


def test_means_over_each_other() -> None:
    one = np.array([True, True, False, False])
    found = ratio_of_means(np.array([4.0, 4.0, 2.0, 2.0]), one, ~one)
    assert (found.value, found.low, found.high) == (2.0, 2.0, 2.0)


def test_tenths_and_the_unknown_are_strata() -> None:
    values = np.r_[np.arange(100.0), np.nan]
    found = deciles(values)
    assert len(np.unique(found)) == 11
    assert found[-1] == 0
    assert np.bincount(found)[1:].tolist() == [10] * 10
    assert len(np.unique(deciles(values, values))) == 11


def test_the_picture_names_every_group_and_stays_inside() -> None:
    told = dict.fromkeys(("approved", "reviewed", "declined", "in_ring"), 0.5)
    one = {"people": 7, "intervals": {flag: [0.2, 0.8] for flag in told}, "reference": True, **told}
    picture = fairness_picture(
        {"occupation": {"salaried": one, "self_employed": one | {"reference": False}}, "tenure": {"<b>": one}}
    )
    root = ElementTree.fromstring(picture)  # noqa: S314  # our own text
    words = [element.text for element in root.iter() if element.text]
    assert {"salaried (reference), 7", "self employed, 7", "<b> (reference), 7"} <= set(words)
    height = float(root.attrib["viewBox"].split()[3])
    assert all(
        float(dot.attrib["cy"]) < height and float(dot.attrib["cx"]) < 980
        for dot in root.iter()
        if dot.tag.endswith("circle")
    )
    assert fairness_picture({}).startswith("<svg")
