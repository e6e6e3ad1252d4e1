"""Rings made of payments against the truth of imported data, by the product's own public way.

Runs `graphfraud nightly --data DATA` on each directory written by `graphfraud import` and compares the
published rings with its truth: recall by typology and the precision of all rings (Jaccard index one half, one
to one); where the truth knows accounts but no rings (AMLSim), average precision of people by the score of their
best ring times their part in it, precision and recall of members. Not timed; one row a metric.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.parquet as pq

LEAST: Final = 0.5
Row = dict[str, object]


def night(data: Path, work: Path) -> Path:
    """The directory of a fresh run."""
    command = [sys.executable, "-m", "graphfraud", "nightly", "--data", str(data), "--no-labels"]
    options = ["--store", str(work / "store"), "--runs", str(work / "runs"), "--json"]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    return work / "runs" / "current"


def members(path: Path) -> dict[str, set[str]]:
    """People of each ring."""
    rings: dict[str, set[str]] = defaultdict(set)
    for row in pq.read_table(path, columns=["ring_id", "person_id"]).to_pylist():
        rings[row["ring_id"]].add(row["person_id"])
    return dict(rings)


def found(reported: dict[str, set[str]], true: dict[str, set[str]]) -> dict[str, str]:
    """Reported ring of each true ring that was found, best pairs first."""
    holders: dict[str, set[str]] = defaultdict(set)
    for ring, people in true.items():
        for person in people:
            holders[person].add(ring)
    pairs = [
        (len(people & true[other]) / len(people | true[other]), ring, other)
        for ring, people in reported.items()
        for other in {other for person in people for other in holders[person]}
    ]
    partner: dict[str, str] = {}
    used: set[str] = set()
    for jaccard, ring, other in sorted(pairs, reverse=True):
        if jaccard >= LEAST and ring not in used and other not in partner:
            partner[other] = ring
            used.add(ring)
    return partner


def by_typology(run: Path, truth: Path) -> dict[str, float]:
    """Precision of all rings and recall of each typology."""
    reported, true = members(run / "ring_members.parquet"), members(truth / "truth_rings.parquet")
    kinds = {row["ring_id"]: row["typology"] for row in pq.read_table(truth / "truth_rings.parquet").to_pylist()}
    partner = found(reported, true)
    answer = {"precision": len(partner) / max(len(reported), 1), "recall": len(partner) / max(len(true), 1)}
    for kind in sorted(set(kinds.values())):
        of_kind = [ring for ring, name in kinds.items() if name == kind]
        answer[f"recall {kind}"] = sum(ring in partner for ring in of_kind) / len(of_kind)
    return answer


def by_account(run: Path, truth: Path) -> dict[str, float]:
    """Average precision of people, precision and recall of members."""
    scores = {row["ring_id"]: row["score"] for row in pq.read_table(run / "rings.parquet").to_pylist()}
    fraud = {row["person_id"]: row["is_fraud"] for row in pq.read_table(truth / "truth_accounts.parquet").to_pylist()}
    value: dict[str, float] = dict.fromkeys(fraud, 0.0)
    for row in pq.read_table(run / "ring_members.parquet").to_pylist():
        value[row["person_id"]] = max(value[row["person_id"]], scores[row["ring_id"]] * (0.5 + row["score"] / 2))
    said, right = np.array(list(value.values())), np.array(list(fraud.values()), float)
    order = np.argsort(-said, kind="stable")
    ends = np.flatnonzero(np.r_[np.diff(said[order]) != 0, True])  # ties count together
    hits, seen = np.cumsum(right[order])[ends], ends + 1.0
    gained = np.diff(np.r_[0.0, hits]) / right.sum()
    inside = said > 0
    return {
        "average precision": float((gained * hits / seen).sum()),
        "member precision": float(right[inside].mean()) if inside.any() else 0.0,
        "member recall": float(right[inside].sum() / right.sum()),
    }


def main() -> None:
    """Measure each data set, print and write the rows."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="+", help="directories written by graphfraud import, with a truth")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--run", action="store_true", help="use the run that --work holds instead of a new night")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows: list[Row] = []
    for data in given.data:
        name = data.resolve().parent.name
        run = given.work / name / "runs" / "current" if given.run else night(data, given.work / name)
        rings = (data / "truth" / "truth_rings.parquet").exists()
        measured = by_typology(run, data / "truth") if rings else by_account(run, data / "truth")
        for metric, value in measured.items():
            rows.append(
                {
                    "world": name,
                    "seed": None,
                    "hardness": None,
                    "engine": "graphfraud",
                    "metric": metric,
                    "value": value,
                }
            )
            print(f"{name:20} {metric:28} {value:.3f}", flush=True)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
