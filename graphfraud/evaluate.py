"""How right a published run was, once the truth is known: rings, members, honest groups, defaults.

The truth lies in a directory of its own (``truth_rings``, ``truth_groups``,
``truth_default``, each ``.parquet`` or ``.csv``) and is read nowhere else.
A figure over nothing (the precision of no reported ring) is ``None``, never a flattering 0 or 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching
from scipy.stats import rankdata

from graphfraud.errors import GraphfraudError, InputError, RunError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MIN_JACCARD: Final = 0.5
"""A reported ring found a true one when they share at least half of all their members."""
FALSE_SHARE: Final = 0.2
"""A reported ring is false when at most this share of its members belong to true rings."""
FLAGGED_SHARE: Final = 0.5
"""An honest group is flagged when at least this share of its members are in reported rings."""
BINS: Final = 10
"""Equal-width bins of the expected calibration error."""


@dataclass(frozen=True)
class Quality:
    """Precision, recall and their harmonic mean, each 0 to 1."""

    precision: float | None
    recall: float | None
    f1: float | None

    @classmethod
    def of(cls, right: tuple[int, int], reported: int, true: int) -> Self:
        """From the reported ones that are right, the true ones that were found, and how many there are.

        >>> Quality.of((1, 1), 2, 1).precision
        0.5
        """
        precision, recall = share(right[0], reported), share(right[1], true)
        if precision is None or recall is None:
            return cls(precision, recall, None)
        return cls(precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0)


@dataclass(frozen=True)
class KindQuality:
    """Rings of one kind; ``kind_agrees`` is the share of the found ones that were also named rightly."""

    true: int
    reported: int
    quality: Quality
    kind_agrees: float | None


@dataclass(frozen=True)
class Calibration:
    """Default probabilities of those who owe against what became of them within 90 days.

    ``mean_error`` is the mean distance to the true probability.
    """

    people: int
    defaults: int
    auc: float | None
    brier: float
    ece: float
    mean_error: float


@dataclass(frozen=True)
class Evaluation:
    """All figures of one run. Shares are 0 to 1; ``as_dict`` gives plain values for JSON.

    ``flag_rates`` are shares of honest people in reported rings by occupation, and
    ``self_employed_ratio`` the rate of the self-employed over that of the salaried.
    ``fresh`` is the recall over true rings of which nobody was labelled fraud.
    """

    people: int
    true_rings: int
    reported_rings: int
    rings: Quality
    by_kind: Mapping[str, KindQuality]
    members: Quality
    balanced_accuracy: float | None
    false_rings: int
    false_rings_per_100k: float | None
    groups_flagged: Mapping[str, float]
    flag_rates: Mapping[str, float]
    self_employed_ratio: float | None
    fresh_rings: int | None
    fresh: float | None
    default: Calibration | None

    def as_dict(self) -> dict[str, Any]:
        """Plain nested values."""
        return asdict(self)


@dataclass(frozen=True)
class Membership:
    """Named rings or groups over a fixed order of people: ids, kinds, and who is in which (rows are rings)."""

    ids: npt.NDArray[np.object_]
    kinds: npt.NDArray[np.object_]
    incidence: csr_array

    @property
    def sizes(self) -> Ints:
        """Members of each."""
        return np.asarray(self.incidence.sum(axis=1), np.int64)

    def within(self, people: Flags) -> Ints:
        """Members of each who are among ``people``."""
        return np.asarray(self.incidence @ people.astype(np.int64), np.int64)

    @property
    def covered(self) -> Flags:
        """People who are in any."""
        return np.asarray(self.incidence.sum(axis=0) > 0)


def evaluate(
    run: Path, truth: Path, *, occupations: pa.Table | None = None, labels: pa.Table | None = None
) -> Evaluation:
    """Compare a published run with the truth.

    ``occupations`` (person_id, occupation) adds flag rates by occupation, ``labels``
    (person_id, label, as known by the as-of) the recall over rings without a known fraudster.

    Raises:
        RunError: the run lacks a file. InputError: the truth does.
    """
    true_rings, honest = _truth_table(truth, "truth_rings"), _truth_table(truth, "truth_groups")
    listed, members = (_run_table(run, name) for name in ("rings", "ring_members"))
    kinds = listed.select(["ring_id", "kind"]).join(
        members.select(["ring_id", "person_id"]), "ring_id", join_type="inner"
    )
    people = (_run_table(run, "features"), true_rings, honest, kinds)
    everybody = _everybody(people)
    true = _membership(true_rings, "ring_id", everybody)
    groups = _membership(honest, "group_id", everybody)
    reported = _membership(kinds, "ring_id", everybody)
    partner = matched(reported.incidence, true.incidence)
    false = int((reported.within(true.covered) <= FALSE_SHARE * reported.sizes).sum())
    fresh = _fresh(true, everybody, labels)
    rates = _flag_rates(reported.covered, true.covered, everybody, occupations)
    return Evaluation(
        people=len(everybody),
        true_rings=len(true.ids),
        reported_rings=len(reported.ids),
        rings=Quality.of((int((partner >= 0).sum()),) * 2, len(reported.ids), len(true.ids)),
        by_kind=_by_kind(reported, true, partner),
        members=_members(reported.covered, true.covered),
        balanced_accuracy=_balanced_accuracy(reported.covered, true.covered),
        false_rings=false,
        false_rings_per_100k=None if not len(everybody) else false * 100_000 / len(everybody),
        groups_flagged=_groups_flagged(groups, reported.covered),
        flag_rates=rates[0],
        self_employed_ratio=rates[1],
        fresh_rings=None if fresh is None else int(fresh.sum()),
        fresh=None if fresh is None else share(int(np.isin(np.flatnonzero(fresh), partner).sum()), int(fresh.sum())),
        default=_calibration(_run_table(run, "debt"), _truth_table(truth, "truth_default")),
    )


def share(part: int, whole: int) -> float | None:
    """Part of a whole; of nothing there is no share."""
    return part / whole if whole else None


def matched(reported: csr_array, true: csr_array) -> Ints:
    """For each reported ring the true ring it found, or -1: as many one-to-one pairs as there can be.

    Rows are rings, columns people. A pair needs a Jaccard index of :data:`MIN_JACCARD`.
    Cost: the pairs that share a person.
    """
    common = (reported @ true.T).tocoo()
    union = _row_sums(reported)[common.row] + _row_sums(true)[common.col] - common.data
    near = common.data >= MIN_JACCARD * union
    pairs = csr_array((np.ones(int(near.sum())), (common.row[near], common.col[near])), shape=common.shape)
    return np.asarray(maximum_bipartite_matching(pairs, perm_type="column"), np.int64)


def area_under_curve(value: Floats, is_positive: Flags) -> float | None:
    """Probability that a positive has the larger value, ties counted half.

    >>> area_under_curve(np.array([0.1, 0.9]), np.array([False, True]))
    1.0
    """
    positive = int(is_positive.sum())
    pairs = positive * (len(value) - positive)
    if not pairs:
        return None
    return float((rankdata(value)[is_positive].sum() - positive * (positive + 1) / 2) / pairs)


def calibration_error(probability: Floats, happened: Flags) -> float:
    """Mean distance between promised and seen frequency over equal-width bins, weighted by people."""
    place = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    gap = np.bincount(place, probability - happened, minlength=BINS)
    return float(np.abs(gap).sum() / len(probability))


def _row_sums(incidence: csr_array) -> Ints:
    return np.asarray(incidence.sum(axis=1), np.int64)


def _everybody(tables: Sequence[pa.Table]) -> pa.Array:
    """Every person named in any of the tables, once, in order."""
    named = pa.chunked_array([pc.cast(table["person_id"], pa.string()).combine_chunks() for table in tables])
    unique = pc.unique(named)
    return unique.take(pc.sort_indices(unique))


def _places(people: pa.ChunkedArray, everybody: pa.Array) -> Ints:
    """Place of each person among everybody."""
    found = pc.index_in(pc.cast(people, pa.string()), value_set=everybody)
    return np.asarray(pc.fill_null(found, -1).to_numpy(), np.int64)


def _membership(table: pa.Table, group: str, everybody: pa.Array) -> Membership:
    names = _strings(table[group])
    ids, first, row = np.unique(names, return_index=True, return_inverse=True)
    column = _places(table["person_id"], everybody)
    pairs = np.unique(np.stack([row, column]), axis=1) if len(row) else np.empty((2, 0), np.int64)
    shape = (len(ids), len(everybody))
    incidence = csr_array((np.ones(pairs.shape[1], np.int64), (pairs[0], pairs[1])), shape=shape)
    return Membership(ids, _strings(table["kind"])[first], incidence)


def _by_kind(reported: Membership, true: Membership, partner: Ints) -> dict[str, KindQuality]:
    found = np.flatnonzero(partner >= 0)
    of_true = partner[found]
    quality = {}
    for kind in np.union1d(reported.kinds.astype(str), true.kinds.astype(str)):
        right = int((reported.kinds[found] == kind).sum())
        hit = true.kinds[of_true] == kind
        counts = int((reported.kinds == kind).sum()), int((true.kinds == kind).sum())
        agreeing = int((reported.kinds[found][hit] == kind).sum())
        quality[str(kind)] = KindQuality(
            true=counts[1],
            reported=counts[0],
            quality=Quality.of((right, int(hit.sum())), *counts),
            kind_agrees=share(agreeing, int(hit.sum())),
        )
    return quality


def _members(flagged: Flags, member: Flags) -> Quality:
    both = int((flagged & member).sum())
    return Quality.of((both, both), int(flagged.sum()), int(member.sum()))


def _balanced_accuracy(flagged: Flags, member: Flags) -> float | None:
    caught = share(int((flagged & member).sum()), int(member.sum()))
    spared = share(int((~flagged & ~member).sum()), int((~member).sum()))
    return None if caught is None or spared is None else (caught + spared) / 2


def _groups_flagged(groups: Membership, flagged: Flags) -> dict[str, float]:
    hit = groups.within(flagged) >= FLAGGED_SHARE * groups.sizes
    return {str(kind): float(hit[groups.kinds == kind].mean()) for kind in np.unique(groups.kinds.astype(str))}


def _flag_rates(
    flagged: Flags, member: Flags, everybody: pa.Array, occupations: pa.Table | None
) -> tuple[dict[str, float], float | None]:
    if occupations is None:
        return {}, None
    named = occupations.select(["person_id", "occupation"]).drop_null()
    place, words = _places(named["person_id"], everybody), _strings(named["occupation"]).astype(str)
    honest = (place >= 0) & ~member[place]
    hit, words = flagged[place[honest]], words[honest]
    rates = {str(word): float(hit[words == word].mean()) for word in np.unique(words)}
    salaried = rates.get("salaried", 0.0)
    return rates, rates.get("self_employed", 0.0) / salaried if salaried else None


def _fresh(true: Membership, everybody: pa.Array, labels: pa.Table | None) -> Flags | None:
    if labels is None:
        return None
    known = _places(labels.filter(pc.equal(labels["label"], "fraud"))["person_id"], everybody)
    marks = np.zeros(len(everybody), bool)
    marks[known[known >= 0]] = True
    fresh: Flags = true.within(marks) == 0
    return fresh


def _calibration(debt: pa.Table, truth: pa.Table) -> Calibration | None:
    """Over people whom both know; who owes nothing is in no truth, and a probability not given reads as 0."""
    both = truth.join(
        debt.select(["person_id", "default_probability"]), "person_id", right_suffix="_said", join_type="inner"
    ).sort_by("person_id")
    said = _numbers(both["default_probability_said"])
    if not len(said):
        return None
    happened = both["defaulted_90d"].to_numpy().astype(bool)
    return Calibration(
        people=len(said),
        defaults=int(happened.sum()),
        auc=area_under_curve(said, happened),
        brier=float(np.mean((said - happened) ** 2)),
        ece=calibration_error(said, happened),
        mean_error=float(np.mean(np.abs(said - _numbers(both["default_probability"])))),
    )


def _strings(column: pa.ChunkedArray) -> npt.NDArray[np.object_]:
    return np.asarray(pc.cast(column, pa.string()).to_numpy(zero_copy_only=False), dtype=object)


def _numbers(column: pa.ChunkedArray) -> Floats:
    return np.nan_to_num(np.asarray(column.to_numpy(), np.float64))


def _run_table(run: Path, name: str) -> pa.Table:
    missing = RunError(f"the run has no readable {name}.parquet", where=str(run), cure="run nightly again")
    return _table(run / f"{name}.parquet", missing)


def _truth_table(truth: Path, name: str) -> pa.Table:
    missing = InputError(
        f"no readable {name}.parquet or {name}.csv", where=str(truth), cure="name the truth directory of a world"
    )
    path = truth / f"{name}.csv"
    return _table(path if path.exists() else truth / f"{name}.parquet", missing)


def _table(path: Path, missing: GraphfraudError) -> pa.Table:
    try:
        table = pa.csv.read_csv(path) if path.suffix == ".csv" else pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise missing from error
    words = {"kind", "ring_id", "person_id", "group_id"}
    fields = [field.with_type(pa.string()) if field.name in words else field for field in table.schema]
    return table.cast(pa.schema(fields))
