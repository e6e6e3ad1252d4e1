"""One writer at a time on a server: a lease that expires, so that a dead holder blocks nobody.

The same rules as :mod:`graphfraud.store.lease`, with a node instead of a file: the
node is locked while it is looked at and taken, and the server's clock alone says
when it expires. The lease keeps loads apart; that none is written over another even
if a lease is lost is ensured by the record of each load.
"""

import os
import socket
import threading
import uuid
from contextlib import suppress
from types import TracebackType
from typing import Self

from neo4j import ManagedTransaction

from graphfraud.errors import LeaseHeldError, StoreError
from graphfraud.queries import cypher
from graphfraud.store.lease import Holder, alive, born
from graphfraud.store.neo4j.connection import Connection, run


class GraphLease:
    """A lease on a server; use it as a context.

    Raises:
        LeaseHeldError: on entering, when somebody else holds it; from :meth:`confirm`, when it was lost.
    """

    def __init__(self, connection: Connection, name: str, *, purpose: str, seconds: float = 60.0) -> None:
        self._connection = connection
        self._name = name
        self._seconds = seconds
        process = os.getpid()
        self._mine = Holder(uuid.uuid4().hex, socket.gethostname(), process, born(process), purpose, 0.0)
        self._stop = threading.Event()
        self._renewer = threading.Thread(target=self._renew_until_stopped, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._connection.write(self._take)
        self._renewer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._renewer.join()
        with suppress(StoreError):  # it expires by itself, and the work under it is over either way
            self._connection.write(self._release)

    def confirm(self) -> None:
        """Make sure, right before the step that others see, that the lease is still ours."""
        if not self._connection.write(self._renew):
            raise LeaseHeldError(
                f"the lease for {self._mine.purpose} was lost to another process while this one stood still",
                where=self._connection.uri,
                cure="run the command again",
            )

    def _take(self, transaction: ManagedTransaction) -> None:
        holder, left = self._holder(transaction)
        if holder is not None and holder.token != self._mine.token and left > 0 and alive(holder):
            raise self._held_by(holder, left)
        self._hold(transaction)

    def _renew(self, transaction: ManagedTransaction) -> bool:
        holder, _ = self._holder(transaction)
        ours = holder is not None and holder.token == self._mine.token
        if ours:
            self._hold(transaction)
        return ours

    def _renew_until_stopped(self) -> None:
        while not self._stop.wait(self._seconds / 3):
            try:
                if not self._connection.write(self._renew):
                    return
            except StoreError:
                continue  # the work itself meets the same trouble and tells it

    def _holder(self, transaction: ManagedTransaction) -> tuple[Holder | None, float]:
        """Who holds the lease, and for how many seconds more."""
        [found] = run(transaction, cypher("load", "lease"), name=self._name)
        if found["token"] is None:
            return None, 0.0
        values = (found[key] for key in ("token", "host", "process", "born", "purpose", "expires_at"))
        return Holder(*values), (found["expires_at"] - found["now"]) / 1000

    def _hold(self, transaction: ManagedTransaction) -> None:
        mine = self._mine
        run(
            transaction,
            cypher("load", "hold"),
            name=self._name,
            token=mine.token,
            host=mine.host,
            process=mine.process,
            born=mine.born,
            purpose=mine.purpose,
            milliseconds=round(self._seconds * 1000),
        )

    def _release(self, transaction: ManagedTransaction) -> None:
        run(transaction, cypher("load", "release"), name=self._name, token=self._mine.token)

    def _held_by(self, holder: Holder, left: float) -> LeaseHeldError:
        return LeaseHeldError(
            f"{holder.purpose} is under way (process {holder.process} on {holder.host})",
            where=self._connection.uri,
            cure=f"wait for it; if it died, its lease frees itself within {max(0, round(left))} s",
        )
