"""The manifest: what a run was made of, with digests, versions, costs and fairness figures."""

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from graphfraud.moments import moment
from graphfraud.publish.tables import file_digest

RING_TABLES: Final = (
    "rings",
    "ring_members",
    "ring_evidence",
    "ring_lineage",
    "rejected_groups",
    "rejected_members",
)
TABLES: Final = ("features", *RING_TABLES, "debt", "scores", "reason_evidence", "alerts", "standing")
"""Tables of every run; the same inputs give the same bytes."""
SOFTWARE: Final = ("graphfraud", "duckdb", "deltalake", "pyarrow", "numpy", "numba", "scipy", "igraph")


@dataclass(frozen=True)
class Cost:
    """Seconds and peak memory of one stage."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Made:
    """What a run was made of; ``store`` names the state of the store, so that the night can be replayed."""

    as_of: int
    snapshot: str
    configuration: str
    parent_run: str | None
    labels: bool
    store: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """As-of and eight hex digits of snapshot, configuration and parent.

        >>> Made(0, "a", "b", None, True, {}).run_id
        '19700101T000000Z-012745da'
        """
        content = "\\0".join([self.snapshot, self.configuration, self.parent_run or ""])
        digest = hashlib.sha256(content.encode()).hexdigest()
        return f"{moment(self.as_of):%Y%m%dT%H%M%SZ}-{digest[:8]}"


def written(as_of: int) -> str:
    """UTC microseconds as ISO 8601 with Z; fractions only where there are any.

    >>> written(0)
    '1970-01-01T00:00:00Z'
    """
    return moment(as_of).isoformat().replace("+00:00", "Z")


def manifest(run: Path, made: Made, *, costs: Mapping[str, Cost], found: Mapping[str, Any]) -> bytes:
    """The manifest of a finished directory as JSON, with what else was ``found``; reads every table for its digest."""
    tables = [run / f"{name}.parquet" for name in TABLES]
    content = {
        "run_id": made.run_id,
        "parent_run": made.parent_run,
        "as_of": written(made.as_of),
        "labels": made.labels,
        "store": dict(made.store),
        "digests": {
            "configuration": made.configuration,
            "snapshot": made.snapshot,
            "tables": {path.stem: file_digest(path) for path in tables},
        },
        "versions": {"python": platform.python_version()} | {n: importlib.metadata.version(n) for n in SOFTWARE},
        "rows": {path.stem: pq.read_metadata(path).num_rows for path in tables},
        "stages": {name: asdict(cost) for name, cost in costs.items()},
        **found,
    }
    return json.dumps(content, indent=2).encode()
