"""What really happened, kept apart from the tables: rings, honest dense groups, defaults after the as-of."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.worlds.casting import Cast
from graphfraud.worlds.contagion import Outcome
from graphfraud.worlds.recipe import Recipe
from graphfraud.worlds.render import Scribe
from graphfraud.worlds.rings.kinds import ROLE_OF_OTHERS


def truth(
    recipe: Recipe, scribe: Scribe, rings: Mapping[str, Cast], groups: Mapping[str, Cast], outcome: Outcome
) -> dict[str, pa.Table]:
    """The three tables of truth, by name, rows sorted by their ids."""
    members = _members(recipe, scribe, rings, "ring_id", "R")
    roles = [np.where(cast.first, "organiser", ROLE_OF_OTHERS[cast.kind]) for cast in rings.values()]
    honest = _members(recipe, scribe, groups, "group_id", "G")
    default = pa.table(
        {
            "person_id": scribe.people(outcome.person),
            "default_probability": pa.array(outcome.probability),
            "defaulted_90d": pa.array(outcome.defaulted),
        }
    )
    return {
        "truth_rings": _sorted(members.append_column("role", pa.array(np.concatenate(roles))), "ring_id"),
        "truth_groups": _sorted(honest, "group_id"),
        "truth_default": default.sort_by("person_id"),
    }


def _members(recipe: Recipe, scribe: Scribe, casts: Mapping[str, Cast], name: str, prefix: str) -> pa.Table:
    counts = [int(cast.ring.max()) + 1 for cast in casts.values()]
    starts = np.cumsum([0, *counts])
    number = np.concatenate([cast.ring + start for cast, start in zip(casts.values(), starts, strict=False)])
    shuffled = recipe.rng(f"ids.{name}").permutation(starts[-1])[number]
    digits = pc.utf8_lpad(pc.cast(pa.array(shuffled), pa.string()), width=6, padding="0")
    return pa.table(
        {
            name: pc.binary_join_element_wise(prefix, digits, ""),
            "person_id": scribe.people(np.concatenate([cast.people for cast in casts.values()])),
            "kind": pa.array(np.concatenate([np.full(len(cast.people), cast.kind) for cast in casts.values()])),
        }
    )


def _sorted(table: pa.Table, group: str) -> pa.Table:
    return table.sort_by([(group, "ascending"), ("person_id", "ascending")])
