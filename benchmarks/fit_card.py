"""Fit the shipped card on generated worlds and write graphfraud/score/card.toml.

Points come from graphfraud.score.fitting, which `graphfraud fit-card` uses too; the start is
benchmarks/judgement_card.toml. The seeds are not those of benchmarks/score.py.
"""

import argparse
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from benchmarks.score_worlds import judgement, world
from graphfraud.score.card import SHIPPED
from graphfraud.score.entries import Calibration, Card, Change
from graphfraud.score.fitting import RIDGE, Sample, calibrated, fitted, with_points
from graphfraud.score.parts import assessed, values
from graphfraud.score.written import written

SEEDS = (801, 802, 803)
HARDNESS = ("medium", "high")
LABEL = "2026.4"
CHANCES = {"new": 0.25, "active": 0.05, "premium": 0.003}
"""Most chance of fraud or default at the threshold of each tier."""
ADVERSE_SHARE = 0.05
"""An adverse code is a loss that at most so many of the people who turned out good have."""
HEAD = """The score card that ships with graphfraud.

Points were FITTED by benchmarks/fit_card.py to generated worlds, not to real outcomes: {people:,} people
of worlds {worlds}, of whom {bad:,} were in a fraud ring or defaulted within 90 days. The seeds are disjoint from
those that benchmarks/score.py measures on. The fit starts from a card of judgement (benchmarks/judgement_card.toml),
keeps its bins, and is pulled towards it (ridge {ridge:g}). Refit it to your own outcomes with `graphfraud fit-card`: part weights,
tiers and rules stay. Every change of this file changes the golden decisions beside its tests.

How to read it
  parts        weight: share of the total, all four add up to 100. base: the part's score, 0-100, when every
               feature is missing. base + least points = 0 and base + most points = 100. evidence: features that
               show there is a file at all (default: all of the part). activity: the file is thin when all of these
               are zero or missing; a thin file is left out, and its weight moves to the other parts, unless
               something else in it counts against the person and would lower the score.
  features     edges: upper edges, included, of all bins but the last, open one. points: one a bin, in points of the
               part. direction: "up" means more is never worse, "down" more is never better, "any" neither.
               missing: points when the value is missing (default 0).
  caps         most that these features together may move their part, as a share of it.
  tiers        in order; the highest whose conditions all hold. min_score of the first is the floor of approval.
               debt_capacity: yuan owed elsewhere at which nothing of the band is left. needs: parts that must be
               present; never the social one.
  decision     review_band: so far under the floor a person looks, below that it is declined. adverse_points: a
               feature of payment, credit or device so many points of its part below neutral is an adverse code, and
               then social evidence may lower the tier too. reason_points: a loss, in points of the total, below this
               is not worth a reason.
  calibration  chance of fraud or default at some scores; straight between them.
  change       margin: points past a threshold before somebody's tier changes. max_rise, max_fall: the most that a
               limit moves at one re-assessment, as shares of the old one."""


def main() -> None:
    """Make the worlds, fit, write the card."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--work", type=Path, required=True, help="where worlds and their runs are kept")
    parser.add_argument("--output", type=Path, default=SHIPPED)
    given = parser.parse_args()
    start = judgement()
    made = [world(given.work, hardness, seed, given.people) for hardness in HARDNESS for seed in SEEDS]
    sample = Sample(
        values(pa.concat_tables([one.inputs for one in made]), start), np.concatenate([one.bad for one in made])
    )
    fit = fitted(sample, start, rebin=False)  # judgement's edges: readable, and no quirk of the worlds
    if not fit.converged:
        raise SystemExit("the fit did not converge")
    card = with_points(start, fit, label=LABEL)
    score = assessed(sample.known, card).with_neutral
    card = with_adverse(with_tiers(replace(card, calibration=calibrated(score, sample.bad))), sample)
    head = HEAD.format(
        people=len(sample.bad),
        worlds=", ".join(one.name for one in made),
        bad=int(sample.bad.sum()),
        ridge=RIDGE,
    )
    given.output.write_text(written(card, head), encoding="utf-8")
    _report(card.calibration, score)
    print(f"{given.output}: scale {fit.scale:.3f}")


def with_tiers(card: Card) -> Card:
    """Thresholds at the whole scores from which the chance of a bad outcome is low enough.

    Where a tier would then begin dearer than the one below it ends, its highest rate is lowered, to thousandths of a
    percent.
    """
    tiers = {
        name: msgspec.structs.replace(tier, min_score=float(_threshold(card.calibration, CHANCES[name])))
        for name, tier in card.tiers.items()
    }
    for lower, upper in pairwise(tiers):
        (low, high), floor = tiers[lower].daily_rate_percent, tiers[lower].min_score
        there = high - (high - low) * (tiers[upper].min_score - floor) / (100 - floor)
        cheapest, dearest = tiers[upper].daily_rate_percent
        bounded = (cheapest, min(dearest, float(np.floor(there * 1000) / 1000)))
        tiers[upper] = msgspec.structs.replace(tiers[upper], daily_rate_percent=bounded)
    decision = msgspec.structs.replace(card.decision, review_band=1.0)
    return replace(card, tiers=tiers, decision=decision, change=Change(margin=0.5))


def with_adverse(card: Card, sample: Sample) -> Card:
    """Adverse codes begin at the fewest whole points that few good people lose by one feature.

    Owing something somewhere is no adverse code: it would let social evidence count against every borrower.
    """
    good = sample.bad == 0
    for points in range(1, 100):
        decision = msgspec.structs.replace(card.decision, adverse_points=float(points))
        card = replace(card, decision=decision)
        if assessed(sample.known, card).adverse[good].mean() <= ADVERSE_SHARE:
            break
    return card


def _threshold(calibration: Calibration, chance: float) -> int:
    falling = np.array(calibration.probabilities)[::-1] + np.arange(len(calibration.scores)) * 1e-9
    return int(np.ceil(np.interp(chance, falling, np.array(calibration.scores)[::-1])))


def _report(calibration: Calibration, score: np.ndarray) -> None:
    for low, chance in zip(calibration.scores, calibration.probabilities, strict=True):
        print(f"score {low:6.2f}: chance {chance:.4f}, people at or below {np.mean(score <= low):.4f}")


if __name__ == "__main__":
    main()
