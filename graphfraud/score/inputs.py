"""What a card may score: the catalogue's features, and the graph's findings about rings and debt, each in its part."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.errors import InputError, MissingColumnError
from graphfraud.features.catalogue import CATALOGUE, Feature

RING_SCORE: Final = "ring_score"
DEBT_INPUTS: Final = ("default_probability", "exposure_to_others", "stacking")
GRAPH_INPUTS: Final = (
    Feature(
        RING_SCORE,
        "social",
        "float",
        "score",
        "score of the worst reported ring that the person is a member of, 0 without one",
        ("rings", "ring_members"),
        structural=True,
    ),
    Feature(
        "default_probability",
        "credit",
        "float",
        "share",
        "chance of default within 90 days, by own strain and by those whose debt is tied to the person",
        ("debt",),
        structural=True,
    ),
    Feature(
        "exposure_to_others",
        "credit",
        "float",
        "yuan",
        "what others owe and this person would have to pay if they did not",
        ("debt",),
        structural=True,
    ),
    Feature(
        "stacking",
        "credit",
        "float",
        "strength",
        "borrowing from several lenders at once, and from one to repay another",
        ("debt",),
        structural=True,
    ),
)
"""Columns of other tables of the run; unknown where the run has no such table."""
INPUTS: Final[dict[str, Feature]] = {
    **{feature.name: feature for feature in GRAPH_INPUTS},
    **{feature.name: feature for feature in CATALOGUE},
}


def joined(features: pa.Table, debt: pa.Table | None) -> pa.Table:
    """``features`` with the debt columns that a card may score; null without a debt table.

    Raises:
        InputError: the people differ, or stand in another order.
        MissingColumnError: a debt column is absent.
    """
    if debt is None:
        return _with(features, {name: pa.nulls(features.num_rows, pa.float64()) for name in DEBT_INPUTS})
    if not features.column("person_id").equals(debt.column("person_id")):
        raise InputError(
            "the people differ from those of features, or their order", where="debt", cure="sort both by person_id"
        )
    absent = [name for name in DEBT_INPUTS if name not in debt.column_names]
    if absent:
        raise MissingColumnError(f"no column {', '.join(absent)}", where="debt", cure="run the night again")
    return _with(features, {name: pc.cast(debt.column(name), pa.float64()) for name in DEBT_INPUTS})


def _with(features: pa.Table, columns: dict[str, pa.Array]) -> pa.Table:
    for name, column in columns.items():
        if name not in features.column_names:
            features = features.append_column(name, column)
    return features
