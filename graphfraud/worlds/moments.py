"""When things happen: days drawn in a window, hours as a person in China keeps them."""

from typing import Final

import numpy as np

from graphfraud.settings import DAY_US, HOUR_US
from graphfraud.worlds.recipe import AS_OF_US, Floats, Ints

SECOND_US: Final = 1_000_000
_ZONE_US: Final = 8 * HOUR_US
_HOURS: Final = np.array([2, 1, 0.5, 0.3, 0.3, 0.6, 2, 4, 6, 6, 6, 7, 8, 6, 5, 5, 5, 6, 7, 8, 9, 9, 7, 4])


def lived(rng: np.random.Generator, since: Ints) -> Ints:
    """A moment for each row between ``since`` and the as-of, mostly by day in China."""
    span = AS_OF_US - since
    even = since + (rng.random(len(since)) * span).astype(np.int64)
    hour = rng.choice(24, len(since), p=_HOURS / _HOURS.sum())
    within_day = hour * HOUR_US + rng.integers(0, HOUR_US, len(since))
    daily = (even + _ZONE_US) // DAY_US * DAY_US - _ZONE_US + within_day
    at = np.where((daily > since) & (daily < AS_OF_US), daily, even)
    return whole_seconds(at)


def soon(rng: np.random.Generator, since: Ints, days: float | Floats) -> Ints:
    """A moment for each row, evenly within ``days`` after ``since``, never after the as-of."""
    span = np.minimum(AS_OF_US - SECOND_US - since, (np.asarray(days) * DAY_US).astype(np.int64))
    return whole_seconds(since + (rng.random(len(since)) * span).astype(np.int64))


def whole_seconds(at: Ints) -> Ints:
    """Times without their fraction of a second; null stays null."""
    return np.where(at < 0, at, at // SECOND_US * SECOND_US)
