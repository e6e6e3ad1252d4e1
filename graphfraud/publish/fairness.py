"""Fairness figures of a run: who is approved, reviewed, declined and flagged, by occupation, age, tenure, social file.

Each share has its interval. Each group stands beside the largest of its kind, in ratios among people of the same tenths
of the payment and the credit part, so that it is told apart from how people pay and owe.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.moments import moment
from graphfraud.publish.ratios import deciles, ratio_of_means, share, stratified_ratio
from graphfraud.schema import OCCUPATIONS
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import NEVER, Snapshot

AGE_BANDS: Final = (18, 25, 35, 45, 60)
TENURES: Final = {"under 90 days": 90, "under a year": 365, "under three years": 1096}
FLAGS: Final = ("approved", "reviewed", "declined", "in_ring")
"""What may befall a person, in the order shown."""

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def fairness(snapshot: Snapshot, scores: pa.Table, members: pa.Table) -> dict[str, Any]:
    """By grouping and group: people, shares and ratios with intervals, mean limit in yuan.

    Groupings are occupation, age_band, tenure (since registration) and social_file (thin where the social part is
    left out). ``ratios`` are beside the ``reference``, the largest group.
    """
    decision = scores.column("decision")
    flags = {
        name: np.asarray(pc.equal(decision, word).to_numpy(), np.bool_)
        for name, word in zip(FLAGS, ("approve", "review", "decline"), strict=False)
    }
    in_ring = pc.is_in(scores.column("person_id"), value_set=members.column("person_id"))
    flags["in_ring"] = np.asarray(in_ring.to_numpy(), np.bool_)
    limit, *parts = (
        np.asarray(scores.column(name).to_numpy(), np.float64) for name in ("limit_cny", "payment", "credit")
    )
    stratum = deciles(*parts)
    groupings = {
        "occupation": _occupations(snapshot),
        "age_band": _age_bands(snapshot),
        "tenure": _tenures(snapshot),
        "social_file": np.where(np.isnan(scores.column("social").to_numpy()), "thin", "present"),
    }
    return {name: _by_group(group, flags, limit, stratum) for name, group in groupings.items()}


def _by_group(
    group: npt.NDArray[np.str_], flags: Mapping[str, Flags], limit: Floats, stratum: npt.NDArray[np.int64]
) -> dict[str, dict[str, Any]]:
    names, count = np.unique(group, return_counts=True)
    reference = group == names[np.argmax(count)] if len(names) else group == ""
    found = {}
    for name in names:
        here = group == name
        told = {flag: share(int((here & stands).sum()), int(here.sum())) for flag, stands in flags.items()}
        beside = {
            flag: stratified_ratio(stands, here, reference, stratum)
            for flag, stands in flags.items()
            if name != names[np.argmax(count)]
        }
        if beside:
            beside["limit"] = ratio_of_means(limit, here, reference)
        found[str(name)] = {
            "people": int(here.sum()),
            **{flag: one.value for flag, one in told.items()},
            "intervals": {flag: [one.low, one.high] for flag, one in told.items()},
            "mean_limit_cny": round(float(limit[here].mean()), 6),
            "reference": not beside,
            "ratios": {flag: asdict(one) for flag, one in beside.items()},
        }
    return found


def _occupations(snapshot: Snapshot) -> npt.NDArray[np.str_]:
    return np.asarray(np.array((*OCCUPATIONS, "unknown"))[snapshot["people"]["occupation"] % 5])


def _age_bands(snapshot: Snapshot) -> npt.NDArray[np.str_]:
    born = snapshot["people"]["birth_date"]
    today = (moment(snapshot.as_of).date() - date(1970, 1, 1)).days
    years: npt.NDArray[np.int64] = np.where(born == NEVER, -1, (today - born) * 400 // 146_097)
    names = ["under 18", *(f"{a}-{b - 1}" for a, b in pairwise(AGE_BANDS)), "60 and over"]
    band = np.where(born == NEVER, len(names), np.searchsorted(AGE_BANDS, years, side="right"))
    return np.array([*names, "unknown"])[band]


def _tenures(snapshot: Snapshot) -> npt.NDArray[np.str_]:
    since = snapshot["people"]["registered_at"]
    days = (snapshot.as_of - since) // DAY_US
    band = np.searchsorted(list(TENURES.values()), days, side="right")
    return np.array([*TENURES, "three years and over", "unknown"])[np.where(since == NEVER, len(TENURES) + 1, band)]
