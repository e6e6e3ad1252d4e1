"""How often a key may ask: one budget over all workers, in a small file that they share.

For each key the file holds the moment at which its budget is whole again (the generic
cell rate algorithm, ITU-T I.371). Two workers that admit at the very same instant may
both use one place: the limit can be exceeded by as many requests as there are workers.
"""

import mmap
import os
import weakref
from pathlib import Path
from typing import Final

from graphfraud.errors import TooManyRequestsError

KEYS: Final = 4_096
"""Budgets in the file; keys beyond share one."""
BURST_S: Final = 1.0
"""A key that was quiet may ask for this many seconds' worth at once."""

ROUNDING_S: Final = 1e-6


class Limits:
    """Budgets of all keys by their place in the key file."""

    def __init__(self, path: Path, *, default_per_s: float | None = None) -> None:
        self._default = default_per_s
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        weakref.finalize(self, os.close, handle)
        os.ftruncate(handle, KEYS * 8)
        self._whole_at = memoryview(mmap.mmap(handle, KEYS * 8)).cast("d")

    def spend(self, place: int, per_s: float | None, now: float) -> None:
        """Take one request from a budget; ``now`` in seconds of a clock that all workers share.

        Raises:
            TooManyRequestsError: it is spent; ``retry_after_s`` says when there is room again.
        """
        rate = per_s or self._default
        if rate is None:
            return
        cell = min(place, KEYS - 1)
        whole_at = max(self._whole_at[cell], now) + 1 / rate
        if whole_at > now + max(BURST_S, 1 / rate) + ROUNDING_S:
            raise TooManyRequestsError("the key asks too often", retry_after_s=whole_at - now - BURST_S)
        self._whole_at[cell] = whole_at
