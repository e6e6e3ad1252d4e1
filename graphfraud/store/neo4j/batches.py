"""Batches that are written exactly once, whatever happens to the connection.

Each batch claims its number on a record inside its own transaction. A transaction
that is tried again because its answer was lost finds the number claimed and does
nothing; a writer whose record was taken over by another finds no record and stops.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from neo4j import ManagedTransaction

from graphfraud.errors import LeaseHeldError
from graphfraud.store.neo4j.connection import Connection, run

Rows = list[list[Any]]


@dataclass
class Batches:
    """A numbered series of batches under one record; ``claim`` is the query that claims a number."""

    connection: Connection
    claim: str
    record: str
    sent: int = 0

    def send(self, query: str, rows: Iterable[Rows]) -> None:
        """Write batches one after another, each in a transaction of its own.

        Raises:
            LeaseHeldError: the record belongs to somebody else by now.
        """
        for batch in rows:
            self.sent += 1
            ours(self.connection.write(_Once(self, self.sent, query, batch)), self.connection.uri)


@dataclass(frozen=True)
class _Once:
    """The work of one transaction; whether the record is still ours."""

    batches: Batches
    number: int
    query: str
    rows: Rows

    def __call__(self, transaction: ManagedTransaction) -> bool:
        claimed = run(transaction, self.batches.claim, record=self.batches.record, batch=self.number)
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
