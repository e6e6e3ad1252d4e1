"""Work that a server may never end: on a full disk it tries to write an index again and again, and says nothing."""

import threading
import time
from collections.abc import Callable
from typing import Final

from graphfraud.errors import StoreError
from graphfraud.store.neo4j.failures import STALLED

LOOK_S: Final = 5.0
"""Seconds between two looks at the server."""
ANSWER_S: Final = 30.0
"""A server at work answers a look within this, however long it takes for what it was asked."""
STILL_S: Final = 60.0
"""Nothing that is seen stays as it is for so long while a server is at work."""


def watched(work: Callable[[], object], look: Callable[[], object], *, where: str) -> None:
    """Do ``work`` for as long as it takes, and look at the server meanwhile; each ``look`` gives what it sees.

    Raises:
        StoreError: what ``work`` raised; or no look is answered any more, or nothing changes. Then ``work`` is
            left alone, for nobody can end it.
    """
    working = _Begun(work)
    seen, since = None, time.monotonic()
    while not working.ends(LOOK_S):
        looking = _Begun(look)
        answered = looking.ends(ANSWER_S)
        if looking.error is not None or looking.found != seen:
            seen, since = looking.found, time.monotonic()
        if not answered or time.monotonic() - since > STILL_S:
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
