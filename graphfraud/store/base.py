"""What every store does: keep tables by key, one writer beside many readers, and give them back whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import pyarrow.dataset as ds

from graphfraud.sources.reading import Known, Reading


@dataclass(frozen=True)
class Written:
    """What one load changed in one table: rows that are new, replaced, or were there already."""

    added: int
    replaced: int
    unchanged: int
    changed: bool = False


@dataclass(frozen=True)
class Head:
    """One consistent state of all tables.

    ``sequence`` counts the loads that changed something; ``versions`` names the
    version of each table, so that a past night can be read again.
    """

    sequence: int
    versions: Mapping[str, int]


class Store(Protocol):
    """A place that holds the contract's tables.

    Every method raises :class:`graphfraud.errors.StoreError` when the store does
    not answer; ``write`` raises :class:`graphfraud.errors.LeaseHeldError` when
    another process writes.
    """

    @property
    def address(self) -> str:
        """Where the store is; two stores never share one."""
        ...

    def head(self) -> Head:
        """The newest whole state."""
        ...

    def known(self) -> Known:
        """The people and loans that references may name."""
        ...

    def write(self, reading: Reading, *, replace: tuple[str, ...] = ()) -> Mapping[str, Written]:
        """Bring all tables of a reading in, all or nothing; the same reading twice changes nothing."""
        ...

    def scan(self, table: str, *, head: Head) -> ds.Dataset:
        """All rows of one table as it stood at ``head``, in any order, readable many times."""
        ...

    def sweep(self) -> None:
        """Let go of states older than the retention; does nothing where a store keeps none."""
        ...
