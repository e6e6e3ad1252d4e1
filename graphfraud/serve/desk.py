"""The desk as the service holds it: opened when it is first needed.

A worker that only answers features never loads the database's library: that keeps it small.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import sqlalchemy as sa

Result = TypeVar("Result")


class Desk:
    """A database by its address; ``wall`` gives seconds since 1970."""

    def __init__(self, address: str, wall: Callable[[], float]) -> None:
        self.address = address
        self._wall = wall
        self._engine: sa.Engine | None = None
        self._opening = threading.Lock()

    def work(self, task: "Callable[[sa.Connection, int], Result]") -> Result:
        """Do a task in one transaction; it gets the connection and the moment (UTC microseconds).

        Raises:
            StoreError: the database does not answer; nothing of the task remains.
        """
        from sqlalchemy.exc import SQLAlchemyError

        from graphfraud.desk.opening import failed

        engine = self._opened()
        try:
            with engine.begin() as connection:
                return task(connection, self.now())
        except SQLAlchemyError as error:
            raise failed(engine, error) from error

    def now(self) -> int:
        """The moment, in UTC microseconds."""
        return int(self._wall() * 1_000_000)

    def close(self) -> None:
        """Let go of every connection."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _opened(self) -> "sa.Engine":
        from graphfraud.desk.opening import open_desk

        with self._opening:
            if self._engine is None:
                self._engine = open_desk(self.address)
            return self._engine
