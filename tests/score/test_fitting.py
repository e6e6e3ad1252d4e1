"""Fitting: bins are monotone and the best of all, points follow the outcomes inside the weights, a text is a card."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.errors import InputError
from graphfraud.score.binning import BIN_PRICE, LEAST_SHARE, MOST_BINS, Fine, _best, _likelihood, bins
from graphfraud.score.card import parsed
from graphfraud.score.comparison import differences, stability, trial
from graphfraud.score.entries import PARTS
from graphfraud.score.fitting import Sample, calibrated, fitted, with_points
from graphfraud.score.parts import assessed
from graphfraud.score.quality import quality
from graphfraud.score.scores import Dossiers, scores
from graphfraud.score.written import written
from tests.score.score_people import AS_OF, CARD, NOBODY, SHIPPED, ZONE, known_of, population


def by_trying_all(fine: Fine, *, rising: bool) -> float:
    """The best worth of any monotone partition, the slow way."""
    count, best = len(fine.people), -np.inf
    for used in range(1, MOST_BINS + 1):
        for cuts in combinations(range(1, count), used - 1):
            spans = list(pairwise((0, *cuts, count)))
            people = [fine.people[a:b].sum() for a, b in spans]
            hits = [fine.bad[a:b].sum() for a, b in spans]
            share = [hit / one for hit, one in zip(hits, people, strict=True)]
            ordered = all(x <= y for x, y in pairwise(share if rising else share[::-1]))
            if ordered and min(people) >= LEAST_SHARE * fine.people.sum():
                worth = sum(_likelihood(hit, one) - BIN_PRICE for hit, one in zip(hits, people, strict=True))
                best = max(best, worth)
    return best


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 400), st.floats(0, 1)), min_size=2, max_size=8), st.booleans())
def test_no_monotone_partition_is_better(given_bins: list[tuple[int, float]], rising: bool) -> None:
    people = np.array([float(count) for count, _ in given_bins])
    bad = np.floor(people * np.array([share for _, share in given_bins]))
    fine = Fine(np.arange(len(people) - 1.0), people, bad)
    ends = _best(fine, rising=rising)
    spans = list(pairwise((0, *(end + 1 for end in ends), len(people))))
    worth = sum(_likelihood(bad[a:b].sum(), people[a:b].sum()) - BIN_PRICE for a, b in spans)
    assert worth == pytest.approx(by_trying_all(fine, rising=rising))


def test_what_tells_nothing_gets_no_edge() -> None:
    rng = np.random.default_rng(1)
    assert bins(rng.random(3_000), (rng.random(3_000) < 0.1) * 1.0, rising=True, whole=False) == ()
    falling = np.arange(1_000.0)
    assert bins(falling, (falling < 500) * 1.0, rising=True, whole=False) == ()
    assert bins(np.full(100, np.nan), np.zeros(100), rising=True, whole=False) == ()


@pytest.fixture(scope="module")
def sample() -> Sample:
    """Ordinary people; who is late or passes money on tends to be bad, what else they do says nothing."""
    features, _ = population(6_000, 11)
    known = known_of(features)
    odds = -3.5 + 2.5 * (known.of("overdue_loans") > 0) + 4 * (np.nan_to_num(known.of("pass_through_30d")) > 0.3)
    bad = np.random.default_rng(2).random(known.rows) < 1 / (1 + np.exp(-odds))
    return Sample(known, bad.astype(np.float64))


def test_a_fit_follows_the_outcomes_inside_the_weights(sample: Sample) -> None:
    fit = fitted(sample, CARD)
    card = with_points(CARD, fit, label="fitted")
    again = parsed(written(card, "a draft"))  # reading it checks every rule of a card
    assert fit.converged
    assert {name: part.weight for name, part in again.parts.items()} == {
        name: part.weight for name, part in CARD.parts.items()
    }
    before, after = (quality(-assessed(sample.known, one).total, sample.bad).auc or 0 for one in (CARD, again))
    assert after > before + 0.02
    usual = [np.nanmean(assessed(sample.known, again).parts[:, place]) for place in range(len(PARTS))]
    assert max(usual) - min(usual) < 4  # a missing part, whose weight moves to the others, is neither good nor bad


def test_too_few_outcomes_teach_nothing(sample: Sample) -> None:
    with pytest.raises(InputError, match="of 6000 people were bad"):
        fitted(Sample(sample.known, np.zeros_like(sample.bad)), CARD)


def test_a_calibration_falls_and_promises_what_happens(sample: Sample) -> None:
    score = assessed(sample.known, CARD).total
    table = calibrated(score, sample.bad)
    assert list(table.probabilities) == sorted(table.probabilities, reverse=True)
    told = np.interp(score, table.scores, table.probabilities)
    assert (quality(-score, sample.bad, told).ece or 0) < 0.02


@pytest.mark.parametrize("card", [CARD, SHIPPED], ids=["judgement", "shipped"])
def test_a_card_survives_its_text(card: object) -> None:
    again = parsed(written(card, "head"))  # type: ignore[arg-type]  # both are cards
    assert differences(card, again) == []  # type: ignore[arg-type]
    assert again.digest != card.digest  # type: ignore[attr-defined]


def test_quality_by_hand() -> None:
    found = quality(np.array([4.0, 3.0, 2.0, 1.0]), np.array([1.0, 0.0, 1.0, 0.0]))
    assert found.auc == 0.75
    assert found.ks == 0.5
    assert found.average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert quality(np.array([1.0]), np.array([1.0])).auc is None


def test_a_trial_names_who_moves() -> None:
    features, standing = population(400, 3)
    both = [scores(Dossiers(features, standing, NOBODY), card=one, as_of=AS_OF, zone=ZONE) for one in (CARD, SHIPPED)]
    found = trial(*both, most=5)
    moved = sum(a != b for a, b in zip(*(table["tier"].to_pylist() for table in both), strict=True))
    assert sum(found.tier_moves.values()) == moved > 5
    assert len(found.moved) == 5
    assert found.psi > 0.25
    same = trial(both[0], both[0], most=5)
    assert (same.tier_moves, same.decision_moves, same.moved, same.psi) == ({}, {}, [], 0.0)


def test_stability_of_an_empty_side() -> None:
    assert stability(np.array([np.nan]), np.array([1.0])) == 0.0
