"""What a card must keep to, so that its points mean what it says; each check names the line that breaks it."""

import math
import string
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from graphfraud.errors import CardError
from graphfraud.score.entries import PARTS, TIERS, Calibration, Cap, Card, Entry, Part, Tier
from graphfraud.score.inputs import INPUTS

BANDS: Final[dict[str, tuple[tuple[int, int], tuple[int, int]]]] = {
    "new": ((500, 5_000), (300, 500)),
    "active": ((5_000, 30_000), (200, 400)),
    "premium": ((30_000, 300_000), (150, 300)),
}
"""Limits (yuan) and daily rates (steps of 0.0001 %) that no card may leave."""
LEAST_FEATURES: Final = 5
CLOSE: Final = 1e-9


@dataclass(frozen=True)
class Source:
    """Where a card was read, to point at an entry when it is wrong."""

    name: str
    text: str

    def where(self, *entry: str) -> str:
        """File, line and entry.

        >>> Source("c.toml", "[tiers.new]").where("tiers", "new")
        'c.toml:1 [tiers.new]'
        """
        header = ".".join(entry)
        lines = (number for number, line in enumerate(self.text.splitlines(), 1) if _opens(line, header))
        line = next(lines, None)
        return f"{self.name} [{header}]" if line is None else f"{self.name}:{line} [{header}]"

    def error(self, what: str, *entry: str, cure: str) -> CardError:
        """The error that names this place."""
        return CardError(what, where=self.where(*entry) if entry else self.name, cure=cure)


def _opens(line: str, header: str) -> bool:
    bare = line.strip()
    return bare in (f"[{header}]", f"[[{header}]]") or bare.split("=")[0].strip() == header


def check(card: Card, source: Source) -> None:
    """Refuse a card that contradicts itself, the catalogue or the bands.

    Raises:
        CardError: with file, line, entry and cure, for the first thing found.
    """
    _check_parts(card, source)
    for name, entry in card.features.items():
        _check_feature(name, entry, source)
    _check_codes(card, source)
    for name, part in card.parts.items():
        _check_range(card, name, part, source)
    for cap in card.caps:
        _check_cap(card, cap, source)
    _check_tiers(card, source)
    _check_decision(card, source)
    _check_calibration(card.calibration, source)
    _check_change(card, source)


def _check_parts(card: Card, source: Source) -> None:
    if tuple(sorted(card.parts)) != tuple(sorted(PARTS)):
        raise source.error(
            f"the parts are {', '.join(card.parts) or 'absent'}", "parts", cure=f"declare exactly {', '.join(PARTS)}"
        )
    total = sum(part.weight for part in card.parts.values())
    if not math.isclose(total, 100, abs_tol=CLOSE) or min(part.weight for part in card.parts.values()) <= 0:
        raise source.error(f"the weights add up to {total:g}", "parts", cure="make positive weights that add up to 100")


def _check_feature(name: str, entry: Entry, source: Source) -> None:
    here = ("features", name)
    feature = INPUTS.get(name)
    if feature is None:
        raise source.error(f"unknown feature {name}", *here, cure="take a feature of the catalogue")
    if feature.part != entry.part:
        raise source.error(
            f"the catalogue puts {name} in part {feature.part}, not {entry.part}",
            *here,
            cure=f'write part = "{feature.part}"',
        )
    _check_bins(entry, source, here, flag=feature.dtype == "bool")
    _check_direction(entry, source, here)
    if not min(entry.points) <= entry.missing <= max(entry.points):
        raise source.error(
            f"missing = {entry.missing:g} lies outside the points of the bins", *here, cure="make missing neutral"
        )


def _check_bins(entry: Entry, source: Source, here: tuple[str, ...], *, flag: bool) -> None:
    if not all(math.isfinite(number) for number in (*entry.edges, *entry.points, entry.missing)):
        raise source.error("an edge or a number of points is not finite", *here, cure="use finite numbers")
    if flag and (entry.edges or len(entry.points) != 2):
        raise source.error(
            "a yes-or-no feature has no edges and two points", *here, cure="write points = [if false, if true]"
        )
    if not flag and not entry.edges:
        raise source.error("there are no edges", *here, cure="write at least one upper edge")
    if any(low >= high for low, high in pairwise(entry.edges)):
        raise source.error(
            f"the edges {list(entry.edges)} do not ascend strictly", *here, cure="sort them and drop equal ones"
        )
    if not flag and len(entry.points) != len(entry.edges) + 1:
        raise source.error(
            f"{len(entry.edges)} edges make {len(entry.edges) + 1} bins, but there are {len(entry.points)} points",
            *here,
            cure="give each bin its points",
        )


def _check_direction(entry: Entry, source: Source, here: tuple[str, ...]) -> None:
    sign = {"up": 1, "down": -1, "any": 0}[entry.direction]
    if any(sign * (after - before) < 0 for before, after in pairwise(entry.points)):
        raise source.error(
            f"the points {list(entry.points)} are not monotone {entry.direction}",
            *here,
            cure='reorder them, or declare direction = "any"',
        )


def _check_codes(card: Card, source: Source) -> None:
    seen: dict[str, str] = {}
    for name, entry in card.features.items():
        code, here = entry.reason.code, ("features", name)
        if not code or code.startswith("R-"):
            raise source.error(f"{code!r} is not a code", *here, cure="give a code that does not start with R-")
        if code in seen:
            raise source.error(f"{seen[code]} already uses the code {code}", *here, cure="give each feature its own")
        seen[code] = name
        for language in ("zh", "en"):
            _check_text(getattr(entry.reason, language), language, source, here)


def _check_text(text: str, language: str, source: Source, here: tuple[str, ...]) -> None:
    if not text.strip():
        raise source.error(f"the reason has no text in {language}", *here, cure="write what the person shall read")
    try:
        fields = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    except ValueError as error:
        raise source.error(f"the {language} text is not a template: {error}", *here, cure="pair the braces") from error
    if fields - {"value"}:
        raise source.error(
            f"the {language} text asks for {{{min(fields - {'value'})}}}", *here, cure="use {value}, or no braces"
        )


def _check_range(card: Card, name: str, part: Part, source: Source) -> None:
    here, names = ("parts", name), card.of_part(name)
    if len(names) < LEAST_FEATURES:
        raise source.error(f"only {len(names)} features", *here, cure=f"use at least {LEAST_FEATURES}")
    least = part.base + sum(min(card.features[feature].points) for feature in names)
    most = part.base + sum(max(card.features[feature].points) for feature in names)
    if abs(least) > CLOSE or abs(most - 100) > CLOSE:
        raise source.error(
            f"the part reaches from {least:g} to {most:g}", *here, cure="adjust base and points to reach 0 and 100"
        )
    for feature in (*part.evidence, *part.activity):
        if feature not in names:
            raise source.error(f"{feature} is not a feature of this part", *here, cure="name features of the part")


def _check_cap(card: Card, cap: Cap, source: Source) -> None:
    for feature in cap.features:
        if feature not in card.of_part(cap.part):
            raise source.error(f"{feature} is not in part {cap.part}", "caps", cure="name features of the part")
    swing = sum(max(card.features[name].points) - min(card.features[name].points) for name in cap.features)
    if swing > cap.share * 100 + CLOSE:
        raise source.error(
            f"{', '.join(cap.features)} move {swing:g} % of part {cap.part}, more than {cap.share:.0%}",
            "caps",
            cure="lower their points",
        )


def _check_tiers(card: Card, source: Source) -> None:
    if tuple(card.tiers) != TIERS:
        raise source.error(
            f"the tiers are {', '.join(card.tiers) or 'absent'}", "tiers", cure=f"declare {', '.join(TIERS)} in order"
        )
    for name, tier in card.tiers.items():
        _check_band(name, tier, source)
    for (below, lower), (name, upper) in pairwise(card.tiers.items()):
        here = ("tiers", name)
        if lower.min_score >= upper.min_score:
            raise source.error(f"min_score does not rise above that of {below}", *here, cure="raise it")
        if lower.limit_cny[1] > upper.limit_cny[0]:
            raise source.error(f"the limits overlap those of {below}", *here, cure="start where the lower tier ends")
        low, high = lower.rate_steps
        dearest = high - (high - low) * (upper.min_score - lower.min_score) / (100 - lower.min_score)
        if dearest < upper.rate_steps[1]:
            raise source.error(
                f"at score {upper.min_score:g} it is dearer than {below}", *here, cure="lower its highest rate"
            )


def _check_band(name: str, tier: Tier, source: Source) -> None:
    here = ("tiers", name)
    limits, rates = BANDS[name]
    if not limits[0] <= tier.limit_cny[0] < tier.limit_cny[1] <= limits[1] or any(end % 100 for end in tier.limit_cny):
        raise source.error(
            f"the limits {list(tier.limit_cny)} leave {limits[0]}-{limits[1]} CNY or are not whole hundreds",
            *here,
            cure="stay in the band of the tier",
        )
    if not rates[0] <= tier.rate_steps[0] < tier.rate_steps[1] <= rates[1]:
        raise source.error(
            f"the daily rates {list(tier.daily_rate_percent)} % leave {rates[0] / 1e4}-{rates[1] / 1e4} %",
            *here,
            cure="stay in the band of the tier",
        )
    if not 0 < tier.min_score < 100 or tier.debt_capacity <= 0:
        raise source.error(
            "min_score or debt_capacity is out of range", *here, cure="use a score between 0 and 100 and a positive sum"
        )
    if "social" in tier.needs:
        raise source.error("social evidence may not be needed", *here, cure="leave social out of needs")
    for feature in tier.at_least:
        if feature not in INPUTS:
            raise source.error(f"unknown feature {feature}", *here, cure="take a feature of the catalogue")


def _check_decision(card: Card, source: Source) -> None:
    decision = card.decision
    thresholds = (decision.review_band, decision.adverse_points, decision.reason_points)
    if min(thresholds) <= 0 or decision.review_band >= card.floor or not 1 <= decision.max_reasons <= 4:
        raise source.error(
            "a threshold is out of range",
            "decision",
            cure="use positive numbers, a review_band below the floor, and 1 to 4 reasons",
        )
    # Whoever is under the floor has then lost something against neutral, and is told what.
    for name in card.parts:
        neutral = card.neutral(name)
        if neutral - card.floor < decision.reason_points:
            raise source.error(
                f"its neutral score {neutral:g} is too near the floor {card.floor:g}: a decline could lack a reason",
                "parts",
                name,
                cure="raise base, lower min_score of the first tier, or lower reason_points",
            )


def _check_calibration(calibration: Calibration, source: Source) -> None:
    here, scores, chances = "calibration", calibration.scores, calibration.probabilities
    if not scores and not chances:
        return
    if len(scores) != len(chances) or len(scores) < 2:
        raise source.error("scores and probabilities do not pair", here, cure="give two or more of each")
    if any(low >= high for low, high in pairwise(scores)) or not 0 <= scores[0] < scores[-1] <= 100:
        raise source.error("the scores do not ascend strictly from 0 to 100", here, cure="sort them, drop equal ones")
    if any(low < high for low, high in pairwise(chances)) or not 0 <= chances[-1] <= chances[0] <= 1:
        raise source.error("a higher score has a higher probability", here, cure="let probabilities fall from 1 to 0")


def _check_change(card: Card, source: Source) -> None:
    change = card.change
    if change.margin < 0 or not change.max_rise > 0 or not 0 < change.max_fall <= 1:
        raise source.error(
            "a bound of change is out of range", "change", cure="use margin >= 0, max_rise > 0, 0 < max_fall <= 1"
        )
