"""Looking at one thing of a published run: a ring, a person's score, a person's debt."""

from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphfraud.errors import NotFoundError
from graphfraud.publish.runs import Run


def rows_of(table: Path, column: str, value: str) -> list[dict[str, Any]]:
    """The rows of a published table with one value in one column."""
    return list(pq.read_table(table, filters=pc.equal(pc.field(column), value)).to_pylist())


def worst_rings(run: Run, *, limit: int) -> list[dict[str, Any]]:
    """Reported rings by falling score, then size, then id."""
    order = [("score", "descending"), ("size", "descending"), ("ring_id", "ascending")]
    return list(pq.read_table(run.table("rings")).sort_by(order).slice(0, limit).to_pylist())


def ring_of(run: Run, ring_id: str) -> dict[str, Any]:
    """A ring with its members and evidence.

    Raises:
        NotFoundError: the run has no such ring.
    """
    found = rows_of(run.table("rings"), "ring_id", ring_id)
    if not found:
        cure = "graphfraud nightly prints the worst rings, graphfraud ring --rejected the groups that are none"
        raise NotFoundError(f"no ring {ring_id!r}", where=run.run_id, cure=cure)
    members = rows_of(run.table("ring_members"), "ring_id", ring_id)
    evidence = rows_of(run.table("ring_evidence"), "ring_id", ring_id)
    return found[0] | {
        "run_id": run.run_id,
        "members": sorted(members, key=lambda row: (-row["score"], row["person_id"])),
        "evidence": evidence,
    }


def rejected_groups(run: Run, *, limit: int) -> list[dict[str, Any]]:
    """Dense groups that are no rings, the nearest to one first."""
    order = [("odds", "descending"), ("size", "descending"), ("group_id", "ascending")]
    return list(pq.read_table(run.table("rejected_groups")).sort_by(order).slice(0, limit).to_pylist())


def rejected_group_of(run: Run, group_id: str) -> dict[str, Any]:
    """A dense group that is no ring, with its members and what explains it.

    Raises:
        NotFoundError: the run has no such group.
    """
    found = rows_of(run.table("rejected_groups"), "group_id", group_id)
    if not found:
        cure = "graphfraud ring --rejected lists them"
        raise NotFoundError(f"no rejected group {group_id!r}", where=run.run_id, cure=cure)
    members = rows_of(run.table("rejected_members"), "group_id", group_id)
    return found[0] | {"run_id": run.run_id, "members": sorted(row["person_id"] for row in members)}


def debt_of(run: Run, person_id: str) -> dict[str, Any]:
    """A person's row of the debt table, with what was found out about contagion that night.

    Raises:
        NotFoundError: the run does not know the person.
    """
    return person_row(run, "debt", person_id) | {"shared_debt": run.manifest.get("shared_debt", {})}


def person_row(run: Run, table: str, person_id: str) -> dict[str, Any]:
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
