"""Points from outcomes: a monotone, penalised logistic regression on bins, inside the fixed part weights.

Loss of a feature in log-odds is a sum of steps, one an edge, none negative; so more of a bad
thing never helps. The steps of a part add up to its weight times one scale that all parts share:
the swing of each part in the total is then exactly its weight, and the points of a part are its
steps over its sum, times 100. A ridge pulls every step towards the card that one starts from,
so that a feature the data say little about keeps its points.

The logistic scorecard is Siddiqi, Credit Risk Scorecards (2006); fixed part weights make it a
linear equality in a convex problem, solved here by Newton's method with bounded least squares.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, lsq_linear, minimize
from scipy.sparse import csr_array, hstack

from graphfraud.errors import InputError
from graphfraud.score.binning import bins
from graphfraud.score.entries import PARTS, Calibration, Card, Entry, Part
from graphfraud.score.inputs import INPUTS
from graphfraud.score.parts import Floats, Values, assessed

RIDGE: Final = 50.0
"""Weight of the card one starts from: how many people's worth of evidence each step must overcome."""
LEAST_BAD: Final = 40
"""Fewer people than this with the outcome teach nothing."""
NEWTON_STEPS: Final = 40
TOLERANCE: Final = 1e-8
"""Newton's method ends when the mean loss falls by less."""
HEAVY: Final = 1e3
"""Weight of an equality beside the data."""
DECIMALS: Final = 2
KNOTS: Final = 12

Matrix = csr_array


@dataclass(frozen=True)
class Sample:
    """People with their inputs and what became of them: 1 is fraud or default, 0 is not."""

    known: Values
    bad: Floats


@dataclass(frozen=True)
class Fit:
    """Steps of each feature from its best bin on, in log-odds; how much of them a missing value is
    past; log-odds a unit of part weight (``scale``).
    """

    entries: dict[str, Entry]
    steps: dict[str, Floats]
    missing: dict[str, Floats]
    scale: float
    intercept: float
    converged: bool


@dataclass(frozen=True)
class _Problem:
    """Log-loss of the steps and an intercept (people × columns), with a ridge towards the start."""

    design: Matrix
    bad: Floats
    start: Floats

    def loss(self, given: Floats) -> float:
        """Penalised log-loss."""
        odds = self.design @ given
        away = (given - self.start)[:-1]
        return float(np.logaddexp(0.0, odds).sum() - self.bad @ odds + 0.5 * RIDGE * away @ away)

    def curvature(self, given: Floats) -> tuple[Floats, Floats]:
        """Gradient and Hessian."""
        chance = 1.0 / (1.0 + np.exp(-(self.design @ given)))
        ridge = np.r_[np.full(len(given) - 1, RIDGE), 1e-6]
        slope = self.design.T @ (chance - self.bad) + ridge * (given - self.start)
        bent = self.design.multiply((chance * (1 - chance))[:, None]).T @ self.design
        return np.asarray(slope), bent.toarray() + np.diag(ridge)


def fitted(sample: Sample, card: Card, *, rebin: bool = True) -> Fit:
    """The steps with the least penalised log-loss, features and directions as in ``card``.

    ``rebin`` cuts features anew where the outcomes change; without it the card's own edges stay.

    Cost: O(people × features) an iteration, a few hundred iterations.

    Raises:
        InputError: fewer than LEAST_BAD people are bad, or none is good.
    """
    count = int(sample.bad.sum())
    if count < LEAST_BAD or count > len(sample.bad) - LEAST_BAD:
        raise InputError(
            f"{count} of {len(sample.bad)} people were bad", where="labels", cure=f"give at least {LEAST_BAD} of each"
        )
    entries = {name: _binned(name, entry, sample) if rebin else entry for name, entry in card.features.items()}
    active = {name for part in card.parts.values() for name in part.activity}
    missing = {
        name: missing_place(sample.known.of(name), sample.bad, entry, active=name in active and entry.direction == "up")
        for name, entry in entries.items()
    }
    blocks = {name: indicators(sample.known.of(name), entry, missing[name]) for name, entry in entries.items()}
    widths = {name: block.shape[1] for name, block in blocks.items()}
    prior = _prior(blocks, sample.bad, card, entries)
    columns = hstack([*blocks.values(), csr_array(np.ones((len(sample.bad), 1)))], format="csr")
    total = sum(widths.values())
    start = np.r_[np.concatenate(list(prior.values())), _log_odds(count, len(sample.bad)) - 1.0]
    problem = _Problem(csr_array(columns), sample.bad, start)
    usual = _usual(problem.design, assessed(sample.known, card).parts, _belongs(widths, card))
    given, converged = _least(problem, _feasible(start, widths, card), _equalities(widths, card, usual))
    cuts = np.cumsum(list(widths.values()))[:-1]
    steps = dict(zip(widths, np.split(np.maximum(given[:total], 0.0), cuts), strict=True))
    return Fit(entries, steps, missing, float(given[total + 1]), float(given[total]), converged)


def with_points(card: Card, fit: Fit, *, label: str) -> Card:
    """The card with the fitted points, in hundredths; every part reaches from 0 to 100 exactly.

    A missing value is neutral: the points of a feature are told from there.
    """
    features, parts = {}, {}
    for part in PARTS:
        rounded = _points(part, card, fit)
        neutral = {name: _neutral(name, points, fit) for name, points in rounded.items()}
        for name, points in rounded.items():
            told = tuple(round(float(point), DECIMALS) for point in points - neutral[name])
            features[name] = replace_entry(fit.entries[name], told)
        base = -sum(min(features[name].points) for name in rounded)
        parts[part] = _part(card, part, round(base, DECIMALS))
    return replace(card, label=label, parts=parts, features={name: features[name] for name in card.features})


def calibrated(score: Floats, bad: Floats) -> Calibration:
    """Chance of a bad outcome by score: an isotonic fit, told at about a dozen scores."""
    known = ~np.isnan(score)
    order = np.argsort(score[known], kind="stable")
    sorted_score, sorted_bad = score[known][order], bad[known][order]
    # More knots where the bad are: half of them by the people, half by the bad ones.
    spread = np.r_[
        np.quantile(sorted_score, np.linspace(0, 1, KNOTS)),
        np.quantile(sorted_score[sorted_bad > 0], np.linspace(0, 1, KNOTS)),
    ]
    cuts = np.unique(np.round(spread, 1))
    place = np.searchsorted(cuts, sorted_score, side="right")
    people = np.bincount(place, minlength=len(cuts) + 1)
    hits = np.bincount(place, weights=sorted_bad, minlength=len(cuts) + 1)
    middle = np.bincount(place, weights=sorted_score, minlength=len(cuts) + 1)
    full = people > 0
    share = isotonic_regression(hits[full] / people[full], weights=people[full], increasing=False).x
    scores = np.round(middle[full] / people[full], 2)
    keep = np.r_[True, np.diff(scores) > 0]
    return Calibration(tuple(scores[keep].tolist()), tuple(np.round(share[keep], 5).tolist()))


def indicators(value: Floats, entry: Entry, missing: Floats) -> Matrix:
    """How much of each step a value is past, the worst step last (people × steps); ``missing`` where unknown."""
    past = (_place(value, entry)[:, None] > np.arange(len(entry.points) - 1)[None, :]).astype(np.float64)
    past[np.isnan(value)] = missing
    return csr_array(past)


def missing_place(value: Floats, bad: Floats, entry: Entry, *, active: bool) -> Floats:
    """How much of each step a missing value is past: as people in the bin that fared most like those without one.

    Never more than people are on average, so that a gap in the data is no blemish; where little
    activity is never a loss (``active``) all of every step, so that activity can only gain.
    """
    steps, unknown = np.arange(len(entry.points) - 1), np.isnan(value)
    if active:
        return np.ones(len(steps))
    if unknown.all():
        return np.zeros(len(steps))
    place = _place(value, entry)[~unknown]
    usual = (place[:, None] > steps[None, :]).mean(axis=0)
    if not unknown.any():
        return np.asarray(usual)
    people = np.bincount(place, minlength=len(entry.points))
    share = np.bincount(place, weights=bad[~unknown], minlength=len(entry.points)) / np.maximum(people, 1)
    gap = np.where(people > 0, np.abs(share - bad[unknown].mean()), np.inf)
    return np.asarray(np.minimum(usual, (int(np.argmin(gap)) > steps) * 1.0))


def replace_entry(entry: Entry, points: tuple[float, ...]) -> Entry:
    """An entry with other points, missing neutral."""
    return Entry(entry.part, entry.direction, points, entry.reason, entry.edges, 0.0)


def _place(value: Floats, entry: Entry) -> NDArray[np.int64]:
    """How many bins a value lies from the best one; 0 where missing."""
    last = len(entry.points) - 1
    bin_ = np.searchsorted(np.array(entry.edges or (0.0,)), value, side="left")
    away = last - bin_ if entry.direction == "up" else bin_
    return np.where(np.isnan(value), 0, away).astype(np.int64)


def _binned(name: str, entry: Entry, sample: Sample) -> Entry:
    """The entry on the best bins of the data; where they tell nothing, on its own."""
    feature = INPUTS[name]
    if feature.dtype == "bool" or entry.direction == "any":
        return entry
    edges = bins(sample.known.of(name), sample.bad, rising=entry.direction == "down", whole=feature.dtype == "int")
    if not edges:
        return entry
    merged = tuple(sorted({*edges, *_tail(entry, edges)}))
    points = np.interp(merged, entry.edges, entry.points[:-1])
    return Entry(entry.part, entry.direction, (*points.tolist(), entry.points[-1]), entry.reason, merged, entry.missing)


def _tail(entry: Entry, edges: tuple[float, ...]) -> tuple[float, ...]:
    """Edges of the old card beyond the data's: what was never seen keeps its own bin on the bad side."""
    if entry.direction == "down":
        return tuple(edge for edge in entry.edges if edge > 1.5 * edges[-1])
    return tuple(edge for edge in entry.edges if edge < edges[0] / 1.5)


def _prior(blocks: Mapping[str, Matrix], bad: Floats, card: Card, entries: Mapping[str, Entry]) -> dict[str, Floats]:
    """Steps of the card one starts from, in log-odds: its points times the slope that fits best."""
    lost: dict[str, Floats] = {}
    for name, entry in entries.items():
        points = np.array(entry.points) * card.parts[entry.part].weight / 100
        ordered = points[::-1] if entry.direction == "up" else points
        lost[name] = np.maximum(-np.diff(ordered), 0.0)
    slope = _slope(np.sum([blocks[name] @ steps for name, steps in lost.items()], axis=0), bad)
    return {name: steps * slope for name, steps in lost.items()}


def _slope(lost: Floats, bad: Floats) -> float:
    """Log-odds a point, by logistic regression on one number."""

    def loss(given: Floats) -> float:
        odds = given[0] + given[1] * lost
        return float(np.logaddexp(0.0, odds).sum() - bad @ odds) / len(bad)

    best = minimize(loss, np.array([-4.0, 0.05]), method="L-BFGS-B", bounds=[(None, None), (1e-3, 1.0)])
    return float(best.x[1])


def _least(problem: _Problem, begin: Floats, even: Floats) -> tuple[Floats, bool]:
    """Newton's method, each step a least-squares problem with bounds (Stark and Parker 1995) and equalities.

    Variables: steps, intercept, scale, usual loss, one slack a cap; all but the intercept are not negative.
    """
    count, now = len(problem.start), begin
    low = np.r_[np.zeros(count - 1), -np.inf, 1e-4, np.zeros(len(now) - count - 1)]
    for _ in range(NEWTON_STEPS):
        slope, bent = problem.curvature(now[:count])
        root = np.linalg.cholesky(bent).T
        wanted = root @ now[:count] - np.linalg.solve(root.T, slope)
        heavy = HEAVY * np.abs(root).max()  # an equality, in least squares
        left = np.vstack([np.c_[root, np.zeros((count, len(now) - count))], heavy * even])
        right = np.r_[wanted, np.zeros(len(even))]
        target = lsq_linear(left, right, bounds=(low, np.inf), method="bvls", tol=1e-12).x
        after = _shortened(problem, now, target, count)
        done = problem.loss(now[:count]) - problem.loss(after[:count]) < TOLERANCE * len(problem.bad)
        now = after
        if done:
            return now, True
    return now, False


def _shortened(problem: _Problem, now: Floats, target: Floats, count: int) -> Floats:
    """The longest of the whole step, its half, its quarter … that lowers the loss."""
    loss, share = problem.loss(now[:count]), 1.0
    while share > 1e-4 and problem.loss((now + share * (target - now))[:count]) > loss:
        share /= 2
    return np.asarray(now + share * (target - now))


def _feasible(start: Floats, widths: Mapping[str, int], card: Card) -> Floats:
    """The start with each part brought to its sum, its scale and the slack of each cap behind it."""
    belongs, steps = _belongs(widths, card), start[:-1].copy()
    scale = float(steps.sum() / sum(part.weight for part in card.parts.values()))
    for part in PARTS:
        mine = belongs == PARTS.index(part)
        steps[mine] *= scale * card.parts[part].weight / max(steps[mine].sum(), 1e-12)
    capped = _capped(widths, card)
    slack = [
        scale * cap.share * card.parts[cap.part].weight - row @ steps
        for row, cap in zip(capped, card.caps, strict=True)
    ]
    return np.asarray(np.r_[steps, start[-1], scale, 0.0, np.maximum(slack, 0.0)])


def _equalities(widths: Mapping[str, int], card: Card, usual: Floats) -> Floats:
    """Rows that are zero.

    The steps of each part less its weight times the scale; what people lose in it on average less its weight
    times the usual loss, the same for all parts, so that a missing part, whose weight moves to the others, is
    neither good nor bad; the steps under each cap and its slack less its share.
    """
    belongs, caps = _belongs(widths, card), len(card.caps)
    rows = []
    for place, part in enumerate(PARTS):
        mine, weight = (belongs == place) * 1.0, card.parts[part].weight
        rows += [np.r_[mine, 0.0, -weight, np.zeros(caps + 1)], np.r_[mine * usual, 0.0, 0.0, -weight, np.zeros(caps)]]
    for place, (row, cap) in enumerate(zip(_capped(widths, card), card.caps, strict=True)):
        rows.append(np.r_[row, 0.0, -cap.share * card.parts[cap.part].weight, 0.0, np.eye(caps)[place]])
    return np.array(rows, dtype=np.float64)


def _usual(design: Matrix, parts: Floats, belongs: NDArray[np.int64]) -> Floats:
    """How much of each step people lose on average who have a file in its part."""
    usual = np.zeros(len(belongs))
    for place in range(len(PARTS)):
        present = (~np.isnan(parts[:, place])).astype(np.float64)
        mean = np.asarray(design.T @ present)[:-1] / max(present.sum(), 1.0)
        usual = np.where(belongs == place, mean, usual)
    return usual


def _capped(widths: Mapping[str, int], card: Card) -> list[Floats]:
    """Which steps each cap bounds."""
    of_feature = np.repeat(list(widths), list(widths.values()))
    return [np.isin(of_feature, cap.features).astype(np.float64) for cap in card.caps]


def _belongs(widths: Mapping[str, int], card: Card) -> NDArray[np.int64]:
    return np.repeat([PARTS.index(card.features[name].part) for name in widths], list(widths.values()))


def _points(part: str, card: Card, fit: Fit) -> dict[str, Floats]:
    """Points of each bin of a part's features, the best bin at 0; ranges add up to 100 hundredths-exactly."""
    names = card.of_part(part)
    sums = fit.scale * card.parts[part].weight
    exact = {name: np.cumsum(fit.steps[name]) * 100 / sums for name in names}
    capped = {name for cap in card.caps for name in cap.features}
    told = {name: _told(steps, down=name in capped) for name, steps in exact.items()}
    short = round(100 - sum(float(steps[-1]) for steps in told.values()), DECIMALS)
    widest = max((name for name in names if name not in capped), key=lambda name: (float(told[name][-1]), name))
    longest = int(np.argmax(np.diff(told[widest], prepend=0.0)))  # there the rest does least harm, and keeps the order
    told[widest][longest:] = np.round(told[widest][longest:] + short, DECIMALS)
    return {name: _in_order(-np.r_[0.0, steps], fit.entries[name]) for name, steps in told.items()}


def _told(steps: Floats, *, down: bool) -> Floats:
    """Points as they are written: rounded, or cut, so that a cap holds."""
    hundreds = steps * 10**DECIMALS
    return np.asarray((np.floor(hundreds) if down else np.round(hundreds)) / 10**DECIMALS)


def _in_order(points: Floats, entry: Entry) -> Floats:
    return points[::-1] if entry.direction == "up" else points


def _neutral(name: str, points: Floats, fit: Fit) -> float:
    """Points of a missing value, the best bin at 0."""
    steps = -np.diff(points[::-1] if fit.entries[name].direction == "up" else points)
    return round(-float(np.abs(steps) @ fit.missing[name]), DECIMALS)


def _part(card: Card, name: str, base: float) -> Part:
    return msgspec.structs.replace(card.parts[name], base=base)


def _log_odds(hits: int, people: int) -> float:
    return float(np.log(hits / (people - hits)))
