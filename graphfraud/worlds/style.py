"""What sets one world apart from another of equal hardness: habits of its people, its fraud and its records."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from graphfraud.worlds.recipe import Recipe

_LOSABLE: Final = (
    ("people", "occupation"),
    ("people", "invited"),
    ("people", "face_verified"),
    ("devices", "model"),
    ("devices", "emulator"),
    ("ips", "kind"),
    ("merchants", "category"),
    ("friendships", "since"),
    ("group_memberships", "messages_30d"),
    ("contacts", "at"),
    ("identifiers", "since"),
    ("logins", "duration_s"),
    ("logins", "actions"),
    ("payments", "refunded_at"),
    ("loans", "due_at"),
    ("repayments", "payer_id"),
    ("guarantees", "amount"),
    ("applications", "device_id"),
    ("applications", "ip"),
)
"""Columns that a lender may not keep at all."""
_EMPTY: Final = ("people_activity", "group_memberships", "reports", "consents", "funding", "inquiries")
"""Tables that a lender may not have."""
_LOST: Final = {"low": 0.0, "medium": 0.05, "high": 0.1}
_TABLES_LOST: Final = {"low": 0.0, "medium": 0.03, "high": 0.06}


@dataclass(frozen=True)
class Style:
    """One draw of everything that a stranger's world may do differently.

    Ring sizes are lognormal around ``size_median`` with ``size_spread``, up to ``size_most``.
    ``pace`` multiplies the days over which rings act, ``pace_spread`` is its spread from ring to ring.
    ``emulators`` and ``honest_emulators`` are shares of handsets. ``rings_known`` of the rings have
    ``members_known`` of their members labelled; ``accused`` is the share of honest groups of which one
    member is labelled wrongly. ``lent`` is how often a household shares papers. ``returns``,
    ``cashback`` and ``rewards`` are shares of shops that pay buyers back, pay a part back, and pay
    for an invitation. The next four multiply how much happens. ``lost`` columns are null throughout,
    ``empty`` tables have no rows.
    """

    size_median: float
    size_spread: float
    size_most: int
    pace: float
    pace_spread: float
    emulators: float
    honest_emulators: float
    rings_known: float
    members_known: float
    accused: float
    lent: float
    returns: float
    cashback: float
    rewards: float
    shopping: float
    logins: float
    transfers: float
    friends: float
    lost: frozenset[tuple[str, str]]
    empty: frozenset[str]


@cache
def style(recipe: Recipe) -> Style:
    """The style of a world, from its seed and hardness."""
    rng = recipe.rng("style")
    rings_known = rng.uniform(0.35, 0.85)
    lost = rng.random(len(_LOSABLE)) < _LOST[recipe.hardness]
    empty = rng.random(len(_EMPTY)) < _TABLES_LOST[recipe.hardness]
    return Style(
        size_median=rng.uniform(6, 11),
        size_spread=rng.uniform(0.35, 0.7),
        size_most=int(rng.choice([20, 25, 30, 40])),
        pace=float(rng.lognormal(0, 0.5)),
        pace_spread=rng.uniform(0.2, 0.9),
        emulators=rng.uniform(0, 0.5),
        honest_emulators=rng.uniform(0, 0.01),
        rings_known=rings_known,
        members_known=min(0.8, 0.3 * rng.uniform(0.8, 1.2) / rings_known),
        accused=rng.uniform(0, 0.08),
        lent=rng.uniform(0.2, 1.0),
        returns=rng.uniform(0.02, 0.3),
        cashback=rng.uniform(0, 0.15),
        rewards=rng.uniform(0, 0.1),
        shopping=rng.uniform(0.6, 2.0),
        logins=rng.uniform(0.6, 1.8),
        transfers=rng.uniform(0.6, 2.0),
        friends=rng.uniform(0.7, 1.5),
        lost=frozenset(column for column, gone in zip(_LOSABLE, lost, strict=True) if gone),
        empty=frozenset(table for table, gone in zip(_EMPTY, empty, strict=True) if gone),
    )
