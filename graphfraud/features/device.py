"""Device fingerprint: addresses, devices and models, and the trace of operations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.features.values import Values, distinct, largest, most_with_one, share, tally, total, unknown
from graphfraud.schema import Entity
from graphfraud.settings import DAY_US, Settings
from graphfraud.snapshot.clock import at_night
from graphfraud.snapshot.graph import Snapshot


@dataclass(frozen=True, eq=False)
class Logins:
    """Logins of the last 90 days with what is known of their devices."""

    people: int
    known: bool
    person: npt.NDArray[np.int32]
    device: npt.NDArray[np.int32]
    ip: npt.NDArray[np.int32]
    model: npt.NDArray[np.int32]
    emulator: npt.NDArray[np.int8]
    seconds: npt.NDArray[np.float64]
    actions: npt.NDArray[np.int64]
    night: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, snapshot: Snapshot, settings: Settings) -> "Logins":
        """The logins of a snapshot."""
        rows, devices = snapshot["logins"], snapshot["devices"]
        chosen = np.flatnonzero(rows["at"] > snapshot.as_of - 90 * DAY_US)
        model = np.full(snapshot.count(Entity.DEVICE), -1, np.int32)
        emulator = np.full(snapshot.count(Entity.DEVICE), -1, np.int8)
        model[devices["device_id"]] = devices["model"]
        emulator[devices["device_id"]] = devices["emulator"]
        device, at = rows["device_id"][chosen], rows["at"][chosen]
        start, end = settings.night_start_hour, settings.night_end_hour
        return cls(
            people=snapshot.people,
            known=len(rows) > 0,
            person=rows["person_id"][chosen],
            device=device,
            ip=rows["ip"][chosen],
            model=model[device],
            emulator=emulator[device],
            seconds=rows["duration_s"][chosen],
            actions=rows["actions"][chosen],
            night=at_night(at, zone=settings.zone, start=start, end=end),
        )


def ip_stability_90d(logins: Logins) -> Values:
    """Share of logins from the address used most."""
    known = logins.ip >= 0
    person, ip = logins.person[known], logins.ip[known]
    return share(most_with_one(person, ip, np.ones(len(person)), logins.people), tally(person, logins.people))


def ips_90d(logins: Logins) -> Values:
    """Different addresses logged in from."""
    known = logins.ip >= 0
    return distinct(logins.person[known], logins.ip[known], logins.people) if logins.known else unknown(logins.people)


def devices_90d(logins: Logins) -> Values:
    """Different devices logged in on."""
    return distinct(logins.person, logins.device, logins.people) if logins.known else unknown(logins.people)


def device_sharing(logins: Logins) -> Values:
    """Most other people on one of this person's devices."""
    return _most_others(logins.person, logins.device, logins)


def same_model_sharers(logins: Logins) -> Values:
    """Most other people on one address whose device is of this person's model."""
    known = (logins.ip >= 0) & (logins.model >= 0)
    width = int(logins.model.max(initial=0)) + 1
    place = logins.ip[known].astype(np.int64) * width + logins.model[known]
    return _most_others(logins.person[known], place, logins)


def emulator_share_90d(logins: Logins) -> Values:
    """Share of logins on emulators, of those on devices of which it is known."""
    known = logins.emulator >= 0
    emulated = tally(logins.person[logins.emulator == 1], logins.people)
    return share(emulated, tally(logins.person[known], logins.people))


def actions_per_minute_90d(logins: Logins) -> Values:
    """Operations a minute while logged in."""
    known = (logins.actions >= 0) & (logins.seconds > 0)
    person = logins.person[known]
    minutes = total(person, logins.seconds[known], logins.people) / 60.0
    return share(total(person, logins.actions[known], logins.people), minutes)


def session_regularity_90d(logins: Logins) -> Values:
    """Standard deviation of session lengths over their mean; unknown under three sessions."""
    known = logins.seconds > 0
    person, seconds = logins.person[known], logins.seconds[known]
    sessions = tally(person, logins.people)
    mean = share(total(person, seconds, logins.people), sessions)
    spread = share(total(person, (seconds - mean[person]) ** 2, logins.people), sessions)
    return np.where(sessions >= 3, np.sqrt(spread) / mean, np.nan)


def night_login_share_90d(logins: Logins) -> Values:
    """Share of logins at night, local time."""
    return share(tally(logins.person[logins.night], logins.people), tally(logins.person, logins.people))


def _most_others(person: npt.NDArray[np.int32], place: npt.NDArray[np.integer], logins: Logins) -> Values:
    """Most other people who share one place with a person; 0 for people without a login."""
    if not logins.known:
        return unknown(logins.people)
    _, spot = np.unique(place, return_inverse=True)
    users = distinct(spot, person, int(spot.max(initial=-1)) + 1)
    return np.nan_to_num(largest(person, users[spot] - 1, logins.people))


FEATURES: Final[tuple[Callable[[Logins], Values], ...]] = (
    ip_stability_90d,
    ips_90d,
    devices_90d,
    device_sharing,
    same_model_sharers,
    emulator_share_90d,
    actions_per_minute_90d,
    session_regularity_90d,
    night_login_share_90d,
)
