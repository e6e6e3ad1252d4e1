"""Kinds: what a ring does, told by the evidence that carries it."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from graphfraud.rings.groups import Floats

KINDS: Final = (
    "device_farm",
    "shared_identity",
    "loan_agent",
    "cash_out",
    "mule_chain",
    "transfer_cycle",
    "guarantee_circle",
    "account_resale",
    "promotion_abuse",
    "unknown",
)
LEAST: Final = 0.25
"""Evidence of fewer members than this share names no kind."""


def kinds(found: Mapping[str, Floats]) -> list[str]:
    """Kind of each ring: the one whose evidence holds most members; weak evidence in all of them is unknown."""
    strength = _strengths(found)
    names = list(strength)
    held = np.stack([strength[name] for name in names])
    best = np.argmax(held, axis=0)
    weak = held.max(axis=0) < LEAST
    return ["unknown" if feeble else names[place] for place, feeble in zip(best.tolist(), weak.tolist(), strict=True)]


def _strengths(found: Mapping[str, Floats]) -> dict[str, Floats]:
    """How far each kind explains each ring, rarer evidence first: of equals the first counts."""
    shop, flow, round_trip = np.maximum(found["RG-PAYBACK"], found["RG-RELAY"]), found["RG-FLOW"], found["RG-ROUND"]
    machine = np.maximum(found["RG-DEVICE"], found["RG-PLACE"])
    paper = np.maximum(found["RG-IDENTITY"], found["RG-PHONE"])
    return {
        "account_resale": np.where(found["RG-TAKEN-OVER"] > 0, 1.2 * found["RG-TAKEN-OVER"], 0.0)
        + 0.5 * np.minimum(found["RG-PHONE"], machine) * (found["RG-TAKEN-OVER"] > 0),
        "promotion_abuse": found["RG-BONUS"] * 1.1,
        "cash_out": shop,
        "transfer_cycle": np.where(round_trip >= 0.5, 1.1 * round_trip, 0.0),
        "mule_chain": flow,
        "guarantee_circle": found["RG-PROMISE"],
        "shared_identity": paper,
        "loan_agent": np.where(found["RG-AGENT"] >= 0.3, 0.4 + machine * found["RG-DESK"] + found["RG-AGENT"], 0.0)
        * (found["RG-SCRIPT"] < 0.5),
        "device_farm": machine * 0.9,
    }
