"""GET /debt: what one person owes, what ties them to the debts of others, and the path that carries most."""

import msgspec
import numpy as np

from graphfraud.serve.answers import Identity, PersonStatus
from graphfraud.serve.exchange import Answer, Call
from graphfraud.serve.person import known_row
from graphfraud.serve.scores import identity
from graphfraud.serve.view import Row, RunView


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """What a person stands to lose through others, yuan, by what ties them; null where a run did not tell."""

    legal: float | None = None
    """Guarantees."""
    economic: float | None = None
    """Household, shared business, payments received."""
    social: float | None = None
    """Contacts, friends, small groups."""


class Contagion(msgspec.Struct, frozen=True, kw_only=True):
    """How default travels: from others to the person, and from the person to others."""

    default_probability: float
    """Chance of default in 90 days, with all that is known of others."""
    own_probability: float
    """The same from the person's own debts alone."""
    impact: float
    """Yuan that all others lose through this person."""
    basis: str
    """``prior`` where the probabilities rest on documented priors, ``learned`` where labels taught them."""


class PersonDebt(Identity, frozen=True, kw_only=True):
    """What a person owes elsewhere and whose default is tied to theirs; money in yuan; null when missing."""

    as_of: str
    person_id: str
    status: PersonStatus
    lenders_open: int | None = None
    outstanding: float | None = None
    stacking: float | None = None
    exposure_to_others: float | None = None
    default_probability: float | None = None
    own_probability: float | None = None
    impact: float | None = None
    top_path: str | None = None
    """The path of the largest expected loss, in words."""
    basis: str | None = None
    exposures: Exposure | None = None
    contagion: Contagion | None = None


def debt_of_one(view: RunView, call: Call) -> Answer:
    """One person's debts elsewhere, the exposure to others, and the path that carries most."""
    row = known_row(view, call)
    (debts,) = view.debts_of(np.array([row]))
    content = {**identity(view), "person_id": call.path_id, "status": "missing"}
    if debts is not None:
        content |= {**debts, "status": "present", "exposures": _exposures(debts), "contagion": debts}
    return Answer(msgspec.json.encode(msgspec.convert(content, PersonDebt)), read=view.read_of(row))


def _exposures(debts: Row) -> dict[str, float | None]:
    return {layer: debts.get(f"exposure_{layer}") for layer in ("legal", "economic", "social")}
