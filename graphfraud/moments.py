"""Moments: times as UTC microseconds since 1970, exact, and back."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def moment(us: int) -> datetime:
    """UTC microseconds as a time.

    >>> moment(0).isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    return _EPOCH + timedelta(microseconds=us)


def epoch_us(when: datetime) -> int:
    """A time as UTC microseconds, exact: what :func:`moment` turns back.

    >>> epoch_us(moment(1_234_567))
    1234567
    """
    return (when - _EPOCH) // timedelta(microseconds=1)
