"""Write-ahead logging for a SQLite file that several processes may open at the same moment."""

import sqlite3
import time
from typing import Final

_AGAIN_S: Final = 0.01


def write_ahead(database: sqlite3.Connection, *, wait_s: float) -> None:
    """Let readers and a writer of the file work at once.

    The first to open a new file changes it, and SQLite fails this one statement at once where another is
    opening too, whatever its timeout says: it holds the read lock already, and waiting could be for ever.

    Raises:
        sqlite3.OperationalError: others kept the file for longer than ``wait_s``, or it cannot be used.
    """
    last = time.monotonic() + wait_s
    while True:
        try:
            database.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
        time.sleep(_AGAIN_S)
