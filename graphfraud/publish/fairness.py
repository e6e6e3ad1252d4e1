"""Fairness figures of a run: who is approved, reviewed and flagged, by occupation and age band."""

from datetime import date
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.publish.manifest import moment
from graphfraud.schema import OCCUPATIONS
from graphfraud.snapshot.graph import NEVER, Snapshot

AGE_BANDS: Final = (18, 25, 35, 45, 60)


def fairness(snapshot: Snapshot, scores: pa.Table, members: pa.Table) -> dict[str, Any]:
    """For each occupation and age band: people, shares approved, reviewed and in a ring, mean limit in yuan."""
    decided = pa.table(
        {
            "approved": pc.equal(scores.column("decision"), "approve").cast(pa.float64()),
            "reviewed": pc.equal(scores.column("decision"), "review").cast(pa.float64()),
            "in_ring": pc.is_in(scores.column("person_id"), value_set=members.column("person_id")).cast(pa.float64()),
            "mean_limit_cny": scores.column("limit_cny"),
        }
    )
    return {
        "occupation": _by_group(_occupations(snapshot), decided),
        "age_band": _by_group(_age_bands(snapshot), decided),
    }


def _by_group(group: pa.Array, decided: pa.Table) -> dict[str, dict[str, float]]:
    names = decided.column_names
    grouped = decided.append_column("group", group).group_by("group", use_threads=False)
    rows = grouped.aggregate([*((name, "mean") for name in names), ([], "count_all")]).to_pylist()
    return {
        row["group"]: {"people": row["count_all"]} | {name: round(row[f"{name}_mean"], 6) for name in names}
        for row in sorted(rows, key=lambda row: str(row["group"]))
    }


def _occupations(snapshot: Snapshot) -> pa.Array:
    return pa.array((*OCCUPATIONS, "unknown")).take(pa.array(snapshot["people"]["occupation"] % 5))


def _age_bands(snapshot: Snapshot) -> pa.Array:
    born = snapshot["people"]["birth_date"]
    today = (moment(snapshot.as_of).date() - date(1970, 1, 1)).days
    years: npt.NDArray[np.int64] = np.where(born == NEVER, -1, (today - born) * 400 // 146_097)
    names = ["under 18", *(f"{a}-{b - 1}" for a, b in pairwise(AGE_BANDS)), "60 and over"]
    band = np.where(born == NEVER, len(names), np.searchsorted(AGE_BANDS, years, side="right"))
    return pa.array([*names, "unknown"]).take(pa.array(band))
