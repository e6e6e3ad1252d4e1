"""Batches that are written exactly once, whatever happens to the connection.

Each batch claims its number on a record inside its own transaction. A transaction
that is tried again because its answer was lost finds the number claimed and does
nothing; a writer whose record was taken over by another finds no record and stops.
"""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from neo4j import ManagedTransaction

from graphfraud.errors import LeaseHeldError
from graphfraud.store.neo4j.connection import Connection, run

Rows = list[list[Any]]


@dataclass
class Batches:
    """Numbered series of batches under one record, one in each lane; ``claim`` is the query that claims a number.

    A server writes on one processor for each transaction, so several lanes write at once.
    """

    connection: Connection
    claim: str
    record: str
    lanes: int = 1
    sent: Counter[int] = field(default_factory=Counter)

    def send(self, query: str, rows: Iterable[Rows]) -> None:
        """Write batches, each in a transaction of its own, in no order; all are written when this returns.

        Raises:
            LeaseHeldError: the record belongs to somebody else by now.
        """
        with ThreadPoolExecutor(self.lanes) as lanes:
            free = list(range(self.lanes))
            under_way: dict[Future[None], int] = {}
            for batch in rows:
                if not free:
                    free = _ended(under_way, FIRST_COMPLETED)
                lane = free.pop()
                under_way[lanes.submit(self._send, lane, query, batch)] = lane
            _ended(under_way, ALL_COMPLETED)

    def _send(self, lane: int, query: str, batch: Rows) -> None:
        self.sent[lane] += 1
        ours(self.connection.write(_Once(self, lane, self.sent[lane], query, batch)), self.connection.uri)


def _ended(under_way: dict[Future[None], int], until: str) -> list[int]:
    """Lanes that are free again.

    Raises:
        StoreError: what one of them raised.
    """
    done, _ = wait(under_way, return_when=until)
    free = [under_way.pop(future) for future in done]
    for future in done:
        future.result()
    return free


@dataclass(frozen=True)
class _Once:
    """The work of one transaction; whether the record is still ours."""

    batches: Batches
    lane: int
    number: int
    query: str
    rows: Rows

    def __call__(self, transaction: ManagedTransaction) -> bool:
        record, claim = self.batches.record, self.batches.claim
        claimed = run(transaction, claim, record=record, lane=self.lane, batch=self.number)
        if claimed and claimed[0]["fresh"]:
            run(transaction, self.query, rows=self.rows)
        return bool(claimed)


def ours(held: bool, where: str) -> None:
    """Stop a writer whose record is gone.

    Raises:
        LeaseHeldError: ``held`` is false.
    """
    if not held:
        raise LeaseHeldError(
            "another process took this work over while it stood still",
            where=where,
            cure="wait until that is done and run the command again",
        )
