"""Looking at one thing of a published run: a ring, a rejected group, a person's score, a person's debt."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphfraud.errors import NotFoundError
from graphfraud.publish.runs import Run, Runs

Row = dict[str, Any]


@dataclass(frozen=True)
class Groups:
    """Groups of one kind in a run: their tables, their key, and by what the first of them is first."""

    word: str
    table: str
    members: str
    key: str
    first_by: str
    cure: str


RINGS: Final = Groups(
    "ring", "rings", "ring_members", "ring_id", "score",
    "graphfraud nightly prints the worst rings, graphfraud ring --rejected the groups that are none",
)  # fmt: skip
REJECTED: Final = Groups(
    "rejected group", "rejected_groups", "rejected_members", "group_id", "odds", "graphfraud ring --rejected lists them"
)
"""Dense groups that are no rings, the nearest to one first."""


def rows_of(table: Path, column: str, value: str) -> list[Row]:
    """The rows of a published table with one value in one column."""
    return list(pq.read_table(table, filters=pc.equal(pc.field(column), value)).to_pylist())


def worst(run: Run, groups: Groups, *, limit: int) -> list[Row]:
    """Groups by falling score or odds, then size, then id."""
    order = [(groups.first_by, "descending"), ("size", "descending"), (groups.key, "ascending")]
    return list(pq.read_table(run.table(groups.table)).sort_by(order).slice(0, limit).to_pylist())


def group_of(run: Run, groups: Groups, name: str) -> Row:
    """A group with its members, the surest first.

    Raises:
        NotFoundError: the run has no such group.
    """
    found = rows_of(run.table(groups.table), groups.key, name)
    if not found:
        raise NotFoundError(f"no {groups.word} {name!r}", where=run.run_id, cure=groups.cure)
    members = rows_of(run.table(groups.members), groups.key, name)
    members.sort(key=lambda row: (-row.get("score", 0.0), row["person_id"]))
    return found[0] | {"run_id": run.run_id, "members": members}


def ring_of(runs: Runs, run: Run, ring_id: str) -> Row:
    """A ring with its members, its evidence, and what became of it since the run before.

    Raises:
        NotFoundError: the run has no such ring.
    """
    found = group_of(run, RINGS, ring_id)
    return found | {
        "evidence": rows_of(run.table("ring_evidence"), "ring_id", ring_id),
        "lineage": lineage_of(runs, run, ring_id, {row["person_id"] for row in found["members"]}),
    }


def lineage_of(runs: Runs, run: Run, ring_id: str, members: set[str]) -> Row:
    """What became of a ring since the run before: the event, from which rings it comes, who joined and who left.

    ``joined`` and ``left`` are ids; empty where the run before is gone or there was none.
    """
    table = run.table("ring_lineage")
    rows = rows_of(table, "ring_id", ring_id) if table.exists() else []
    event: Mapping[str, Any] = rows[0] if rows else {"event": "born", "from_ids": []}
    parent = runs.get(run.manifest.get("parent_run") or "-")
    before = _members(parent, {ring_id, *event["from_ids"]}) if parent else {}
    fed = {person for ring in event["from_ids"] for person in before.get(ring, ())}
    return {
        "event": event["event"],
        "since": parent.run_id if parent else None,
        "from_ids": list(event["from_ids"]),
        "joined": sorted(members - fed) if fed else [],
        "left": sorted(before.get(ring_id, set()) - members),
    }


def _members(run: Run, ring_ids: set[str]) -> dict[str, set[str]]:
    table = run.table("ring_members")
    if not table.exists():
        return {}
    wanted = pc.field("ring_id").isin(sorted(ring_ids))
    found: dict[str, set[str]] = {}
    for row in pq.read_table(table, columns=["ring_id", "person_id"], filters=wanted).to_pylist():
        found.setdefault(row["ring_id"], set()).add(row["person_id"])
    return found


def score_of(run: Run, person_id: str) -> Row:
    """A person's row of the scores, each reason with the links that it rests on.

    Raises:
        NotFoundError: the run does not know the person.
    """
    row = person_row(run, "scores", person_id)
    path = run.table("reason_evidence")
    links = rows_of(path, "person_id", person_id) if path.exists() else []
    names = ("relationship", "party_id", "party_label", "at")
    for reason in row["reasons"]:
        mine = [link for link in links if link["code"] == reason["code"]]
        reason["evidence"] = [{name: link[name] for name in names} for link in mine]
    return row


def debt_of(run: Run, person_id: str) -> Row:
    """A person's row of the debt table, with what was found out about contagion that night.

    Raises:
        NotFoundError: the run does not know the person.
    """
    return person_row(run, "debt", person_id) | {"shared_debt": run.manifest.get("shared_debt", {})}


def person_row(run: Run, table: str, person_id: str) -> Row:
    """A person's row of a published table.

    Raises:
        NotFoundError: the run does not know the person.
    """
    found = rows_of(run.table(table), "person_id", person_id)
    if not found:
        raise NotFoundError(
            f"no person {person_id!r}", where=run.run_id, cure="check the id, or run a night after loading the person"
        )
    return {"run_id": run.run_id} | found[0]
