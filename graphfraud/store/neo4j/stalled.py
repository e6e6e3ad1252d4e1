"""Work that a server may never end: on a full disk it tries to write an index again and again, and says nothing."""

import threading
from collections.abc import Callable
from typing import Final

from graphfraud.errors import StoreError
from graphfraud.store.neo4j.failures import STALLED

LOOK_S: Final = 5.0
"""Seconds between two looks at the server."""
ANSWER_S: Final = 30.0
"""A server at work answers a look within this, however long it takes for what it was asked."""


def watched(work: Callable[[], object], is_hopeless: Callable[[], bool], *, where: str) -> None:
    """Do ``work`` for as long as it takes, and look at the server meanwhile.

    Raises:
        StoreError: what ``work`` raised; or it is hopeless, or the server does not even say whether it is. Then
            ``work`` is left alone, for nobody can end it.
    """
    working = _Begun(work)
    while not working.ends(LOOK_S):
        looking = _Begun(is_hopeless)
        answered = looking.ends(ANSWER_S)
        if (not answered or looking.found) and not working.ends(LOOK_S):
            raise StoreError(STALLED.what, where=where, cure=STALLED.cure)
    if working.error is not None:
        raise working.error


class _Begun(threading.Thread):
    """Work in a thread that the end of the process does not wait for."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(name="watched", daemon=True)
        self.found: object = None
        self.error: StoreError | None = None
        self._work = work
        self.start()

    def run(self) -> None:
        try:
            self.found = self._work()
        except StoreError as error:
            self.error = error

    def ends(self, within: float) -> bool:
        self.join(within)
        return not self.is_alive()
