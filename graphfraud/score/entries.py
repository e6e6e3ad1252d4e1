"""What a score card says, as frozen records: features, bins, points, reasons, parts, tiers."""

from dataclasses import dataclass
from typing import Final, Literal

import msgspec

PARTS: Final = ("social", "payment", "credit", "device")
"""The parts, in the order of every array and column."""
TIERS: Final = ("new", "active", "premium")
"""The tiers from the lowest to the highest."""

PartName = Literal["social", "payment", "credit", "device"]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of the card file; an unknown word in it is an error."""


class Reason(Record, frozen=True):
    """A stable code and what it says; ``{value}`` stands for the person's own value."""

    code: str
    zh: str
    en: str


class Entry(Record, frozen=True):
    """How one feature earns points; a bin holds values up to and with its upper edge."""

    part: PartName
    direction: Literal["up", "down", "any"]
    points: tuple[float, ...]
    reason: Reason
    edges: tuple[float, ...] = ()
    missing: float = 0.0


class Part(Record, frozen=True):
    """Weight in the total, score without any feature, and what shows that there is a file."""

    weight: float
    base: float
    evidence: tuple[str, ...] = ()
    activity: tuple[str, ...] = ()


class Cap(Record, frozen=True):
    """The most that some features together may move their part, as a share of it."""

    part: PartName
    features: tuple[str, ...]
    share: float
    why: str


class Tier(Record, frozen=True):
    """Band of limits (yuan) and rates (% a day) of a tier, and what it takes to be in it."""

    min_score: float
    limit_cny: tuple[int, int]
    daily_rate_percent: tuple[float, float]
    debt_capacity: float
    at_least: dict[str, float] = {}
    needs: tuple[PartName, ...] = ()

    @property
    def rate_steps(self) -> tuple[int, int]:
        """Lowest and highest daily rate in steps of 0.0001 %."""
        low, high = self.daily_rate_percent
        return round(low * 10_000), round(high * 10_000)


class Decision(Record, frozen=True):
    """Thresholds of the decision and of the reasons."""

    review_band: float
    adverse_points: float
    reason_points: float
    max_reasons: int = 4


class Calibration(Record, frozen=True):
    """Chance of fraud or default at some scores; between them it runs straight, beyond them it stays."""

    scores: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()


class Change(Record, frozen=True):
    """How far a re-assessment may move somebody who has an offer already.

    ``margin``: points past a threshold before a tier changes. ``max_rise`` and ``max_fall``:
    the most that a limit moves at once, as shares of the old one.
    """

    margin: float = 1.0
    max_rise: float = 1.0
    max_fall: float = 0.5


NO_CALIBRATION: Final = Calibration()
USUAL_CHANGE: Final = Change()


@dataclass(frozen=True)
class Card:
    """A whole, validated card; ``features`` keeps the order of the file."""

    label: str
    parts: dict[str, Part]
    features: dict[str, Entry]
    tiers: dict[str, Tier]
    decision: Decision
    caps: tuple[Cap, ...]
    digest: str
    calibration: Calibration = NO_CALIBRATION
    change: Change = USUAL_CHANGE
    text: str = ""

    @property
    def version(self) -> str:
        """The version in the file and eight hex digits of its content: no two cards share it."""
        return f"{self.label}+{self.digest[:8]}"

    @property
    def floor(self) -> float:
        """The lowest score that is approved."""
        return self.tiers[TIERS[0]].min_score

    def neutral(self, part: str) -> float:
        """Score of a part of which nothing is known."""
        return self.parts[part].base + sum(self.features[name].missing for name in self.of_part(part))

    def evidence(self, part: str) -> tuple[str, ...]:
        """Features that show there is a file for this part."""
        return self.parts[part].evidence or self.of_part(part)

    def of_part(self, part: str) -> tuple[str, ...]:
        """Features of one part, in the order of the card."""
        return tuple(name for name, entry in self.features.items() if entry.part == part)
