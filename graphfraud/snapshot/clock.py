"""Local time: night is night where the lender's customers live."""

import numpy as np
import numpy.typing as npt
import pandas as pd


def local_hour(at: npt.NDArray[np.int64], *, zone: str) -> npt.NDArray[np.int64]:
    """Hour of the day (0-23) of UTC microseconds in a time zone, summer time included."""
    moments = pd.DatetimeIndex(at.astype("datetime64[us]"), tz="UTC").tz_convert(zone)
    return np.asarray(moments.hour, dtype=np.int64)


def at_night(at: npt.NDArray[np.int64], *, zone: str, start: int, end: int) -> npt.NDArray[np.bool_]:
    """Whether a time falls into the night, which may cross midnight.

    >>> bool(at_night(np.array([0]), zone="Asia/Shanghai", start=23, end=6)[0])
    False
    """
    hour = local_hour(at, zone=zone)
    if start <= end:
        return (hour >= start) & (hour < end)
    return (hour >= start) | (hour < end)
