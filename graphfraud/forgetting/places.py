"""Where something about a person may be kept."""

from dataclasses import dataclass, field
from pathlib import Path

from graphfraud.publish.runs import Runs
from graphfraud.snapshot.build import Resources
from graphfraud.store.base import Store


@dataclass(frozen=True)
class Places:
    """The store, the runs, the desk's address (None: there is no desk), the audit log, the tombstones."""

    store: Store
    runs: Runs
    desk: str | None
    audit: Path
    tombstones: Path
    resources: Resources = field(default_factory=Resources)
