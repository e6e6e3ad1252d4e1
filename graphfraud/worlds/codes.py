"""Codes of things: below 2**40 they belong to a person or a place of the base world, above to a mechanism."""

from typing import Final

import numpy as np

from graphfraud.schema import RING_KINDS
from graphfraud.worlds.recipe import Flags, Ints

MECHANISMS: Final = (
    "person",
    "old_device",
    "tablet",
    "recycled_phone",
    "second_card",
    "shop",
    "employer",
    "mobile",
    "public",
    "datacenter",
    "chat",
    "loan",
    "line",
    *RING_KINDS[:-1],
    "family",
    "dormitory",
    "office",
    "internet_cafe",
    "call_centre",
    "market",
    "co_operative",
    "village",
    "second_hand",
    "kiosk",
    "household_card",
    "refund_shop",
    "gig_platform",
    "savings_club",
    "supply_chain",
    "remittance",
    "relatives",
    "helper",
    "sign_up_drive",
    "benefit_drive",
    "disguise",
)
_SLOT_BITS: Final = 40
_ITEM_BITS: Final = 8
OWN_LENDER: Final = 0
"""Code of the lender whose tables these are."""


def codes(mechanism: str, places: Ints) -> Ints:
    """Codes that nobody else hands out, one for each place.

    >>> codes("person", np.array([7])).tolist()
    [7]
    """
    return (np.int64(MECHANISMS.index(mechanism)) << _SLOT_BITS) + np.asarray(places, np.int64)


def things(mechanism: str, ring: Ints, item: Ints) -> Ints:
    """Codes of up to 256 things of each ring or group."""
    return codes(mechanism, (ring << _ITEM_BITS) + item)


def of_mechanism(values: Ints, mechanism: str) -> Flags:
    """Which codes were handed out by a mechanism."""
    made_by: Flags = values >> _SLOT_BITS == MECHANISMS.index(mechanism)
    return made_by
