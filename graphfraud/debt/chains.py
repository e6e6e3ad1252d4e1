"""Guarantee chains: from a person along guarantees to all whom they end up answering for, and what those borrowed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphfraud.errors import NotFoundError
from graphfraud.schema import Entity
from graphfraud.snapshot.borrowing import current_loans
from graphfraud.snapshot.graph import NEVER, Snapshot

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """A span of time, microseconds UTC, both ends excluded; an end that is None is open.

    A row without a time lies in a window only if the window is open at both ends.
    """

    since: int | None = None
    until: int | None = None

    def holds(self, at: Ints) -> npt.NDArray[np.bool_]:
        """Which times lie inside."""
        inside = np.ones(len(at), bool)
        if self.since is not None:
            inside &= (at != NEVER) & (at > self.since)
        if self.until is not None:
            inside &= (at != NEVER) & (at < self.until)
        return inside


ALWAYS = Window()


@dataclass(frozen=True)
class Chain:
    """Whom a chain reaches (the start left out), their distinct loans, and the sum of the principals in fen."""

    people: tuple[str, ...]
    loans: tuple[str, ...]
    fen: int

    @property
    def yuan(self) -> float:
        """The sum in yuan."""
        return self.fen / 100.0


def guarantee_chain(
    snapshot: Snapshot,
    person_id: str,
    *,
    guaranteed: Window = ALWAYS,
    applied: Window = ALWAYS,
    max_hops: int | None = None,
) -> Chain:
    """Everybody whom a person answers for, directly or through others, and what they borrowed.

    Transaction complex read 11 of the LDBC FinBench specification. ``guaranteed`` bounds the times of the
    guarantees that are followed, ``applied`` those of the loans that count; ``max_hops`` ends the chain
    after so many guarantees (None: where it ends). A chain that comes back to the start does not count
    the start. Cost: each guarantee is looked at once a hop at most.

    Raises:
        NotFoundError: the snapshot has no such person.
    """
    ids = snapshot.ids[Entity.PERSON]
    start = ids.index(person_id).as_py()
    if start < 0:
        raise NotFoundError(f"no person {person_id!r}", where="guarantee chain", cure="check the id")
    guarantor, debtor = _followed(snapshot, guaranteed)
    reached = _reached(guarantor, debtor, start, snapshot.people, max_hops)
    loans = current_loans(snapshot)
    owed = reached[loans.person] & applied.holds(loans.opened_at)
    return Chain(
        people=tuple(ids.take(np.flatnonzero(reached)).to_pylist()),
        loans=tuple(snapshot.ids[Entity.LOAN].take(loans.loan[owed]).to_pylist()),
        fen=int(loans.principal[owed].sum()),
    )


def _followed(snapshot: Snapshot, window: Window) -> tuple[Ints, Ints]:
    """Guarantor and debtor of each guarantee in the window; one for a loan is for its borrower."""
    rows, loans = snapshot["guarantees"], current_loans(snapshot)
    borrower = np.full(snapshot.count(Entity.LOAN) + 1, -1, np.int64)
    borrower[loans.loan] = loans.person
    debtor = np.where(rows["loan_id"] >= 0, borrower[rows["loan_id"]], rows["person_id"])
    kept = window.holds(rows["at"]) & (debtor >= 0)
    return rows["guarantor_id"][kept].astype(np.int64), debtor[kept]


def _reached(guarantor: Ints, debtor: Ints, start: int, people: int, max_hops: int | None) -> npt.NDArray[np.bool_]:
    seen, front = np.zeros(people, bool), np.zeros(people, bool)
    seen[start] = front[start] = True
    hops = 0
    while front.any() and (max_hops is None or hops < max_hops):
        following = np.zeros(people, bool)
        following[debtor[front[guarantor]]] = True
        front = following & ~seen
        seen |= front
        hops += 1
    seen[start] = False
    return seen
