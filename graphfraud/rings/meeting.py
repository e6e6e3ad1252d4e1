"""Meeting: which devices and places the members of a group share, when, and what they do there."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from graphfraud.rings.ground import NOTHING, Ground
from graphfraud.rings.groups import Flags, Floats, Groups, Ints, Rows, spans
from graphfraud.schema import IP_KINDS
from graphfraud.settings import DAY_US

STEADY: Final = 0.8
"""Spread (natural logarithm) of the lengths of ordinary sessions."""
HOUSEHOLD: Final = 6
"""More people than this are no household."""
LATELY_DAYS: Final = 10.0
"""Meetings spread over so many days are half way from a burst to a habit."""


@dataclass(frozen=True, eq=False)
class Meetings:
    """Sessions of members on one thing that another member used too: group, session, and the thing."""

    group: Rows
    session: Rows
    thing: Ints


def terms(ground: Ground, groups: Groups) -> dict[str, Floats]:
    """Terms of devices, places, time and machine-like sessions."""
    group, session = ground.sessions_of.rows(groups)
    device, place = (_meetings(ground, group, session, thing) for thing in ("device", "ip"))
    sessions = ground.sessions
    return {
        "RG-DEVICE": groups.share(device.group, sessions.person[device.session]),
        "RG-PLACE": groups.share(place.group, sessions.person[place.session]),
        "RG-FEW-DEVICES": _crowding(device, groups, sessions.person),
        "RG-MEET-BURST": np.maximum(_burst(ground, device, groups), _burst(ground, place, groups)),
        "RG-SCRIPT": _scripted(ground, device, groups),
        "RG-EMULATOR": _emulated(ground, groups, group, session),
        "RG-DESK": _applied(ground, device, place, groups),
        "RG-NEW-HOME": _moved_in(ground, device, groups),
        "RI-OWN-DEVICE": _own(device, place, groups),
        "RI-PASSED-ON": _passed_on(ground, device, groups),
        "RI-PUBLIC": _of_kind(ground, place, groups, ("public", "mobile")),
        "RI-ONE-HOME": _home(ground, place, groups),
        "RI-OFFICE": _of_kind(ground, place, groups, ("office",)),
    }


def _meetings(ground: Ground, group: Rows, session: Rows, thing: str) -> Meetings:
    """Rows whose thing at least two members of the group used."""
    things = getattr(ground.sessions, thing)[session]
    known = np.flatnonzero(things != NOTHING)
    group, session, things = group[known], session[known], things[known]
    together = used_together(group, things, ground.sessions.person[session])
    return Meetings(group[together], session[together], things[together])


def used_together(group: Ints, thing: Ints, person: Ints) -> Flags:
    """Rows (group, thing, person) whose thing another person of the same group has too."""
    order = np.lexsort((person, thing, group))
    g, t, p = group[order], thing[order], person[order]
    fresh = np.r_[True, (g[1:] != g[:-1]) | (t[1:] != t[:-1])][: len(order)]
    number = np.cumsum(fresh) - 1
    others = np.r_[False, ~fresh[1:] & (p[1:] != p[:-1])][: len(order)]
    several = np.bincount(number, weights=others, minlength=1) > 0
    answer = np.zeros(len(order), bool)
    answer[order] = several[number] if len(order) else answer
    return answer


def _crowding(met: Meetings, groups: Groups, person: Ints) -> Floats:
    """1 - devices over members who share them: near 1 when many crowd on few."""
    devices = np.unique(np.stack([met.group, met.thing.astype(np.int64)]), axis=1)[0]
    people = np.unique(np.stack([met.group, person[met.session].astype(np.int64)]), axis=1)[0]
    many, few = (np.bincount(rows, minlength=len(groups)) for rows in (people, devices))
    return np.clip(1.0 - few / np.maximum(many, 1), 0.0, 1.0) * (many > 0)


def _burst(ground: Ground, met: Meetings, groups: Groups) -> Floats:
    """How close in time the meetings are: 1 at one moment, 1/2 at ten days of mean distance from the middle."""
    at = ground.sessions.at[met.session]
    apart = spread_days(met.group, at, len(groups))
    counted = np.bincount(met.group, minlength=len(groups)) > 1
    return counted / (1.0 + apart / LATELY_DAYS)


def spread_days(group: Rows, at: Rows, groups: int) -> Floats:
    """Mean distance, in days, of the times of each group from their median; 0 for none."""
    order = np.lexsort((at, group))
    count = np.bincount(group, minlength=groups)
    middle = (np.cumsum(count) - count + count // 2)[group[order]]
    away = np.abs(at[order] - at[order][np.minimum(middle, max(len(order) - 1, 0))]) / DAY_US
    return np.bincount(group[order], weights=away, minlength=groups) / np.maximum(count, 1)


def _scripted(ground: Ground, met: Meetings, groups: Groups) -> Floats:
    """How much more alike the lengths of the meetings are than people's sessions; 0 for fewer than four."""
    seconds = ground.sessions.seconds[met.session]
    timed = seconds > 0
    group, length = met.group[timed], np.log(seconds[timed])
    count = np.bincount(group, minlength=len(groups))
    mean = np.bincount(group, weights=length, minlength=len(groups)) / np.maximum(count, 1)
    variance = np.bincount(group, weights=(length - mean[group]) ** 2, minlength=len(groups)) / np.maximum(count - 1, 1)
    return np.clip(1.0 - np.sqrt(variance) / STEADY, 0.0, 1.0) * (count >= 4)


def _emulated(ground: Ground, groups: Groups, group: Rows, session: Rows) -> Floats:
    device = ground.sessions.device[session]
    on = np.flatnonzero(device != NOTHING)
    on = on[ground.emulators[device[on]]]
    return groups.share(group[on], ground.sessions.person[session[on]])


def _applied(ground: Ground, device: Meetings, place: Meetings, groups: Groups) -> Floats:
    """Share of members who applied for credit on a device or at an address of other members."""
    group, session = np.concatenate([device.group, place.group]), np.concatenate([device.session, place.session])
    applied = ground.sessions.applied[session]
    return groups.share(group[applied], ground.sessions.person[session[applied]])


def _moved_in(ground: Ground, met: Meetings, groups: Groups) -> Floats:
    """Share of members for whom most sessions since the first meeting are on the shared devices."""
    person = ground.sessions.person[met.session]
    order = np.lexsort((ground.sessions.at[met.session], person, met.group))
    group, who = met.group[order], person[order]
    first = np.r_[True, (group[1:] != group[:-1]) | (who[1:] != who[:-1])][: len(order)]
    start = ground.sessions.at[met.session[order[first]]]
    number = np.cumsum(first) - 1
    here = np.bincount(number[~ground.sessions.applied[met.session[order]]], minlength=len(start))
    after = _logins_since(ground, who[first], start)
    moved = (here >= 2) & (here >= 0.75 * after)
    return groups.share(group[first][moved], who[first][moved])


def _logins_since(ground: Ground, person: Ints, since: Rows) -> Rows:
    """Logins of each person from a time on."""
    index, sessions = ground.sessions_of, ground.sessions
    length = index.start[person + 1] - index.start[person]
    number = np.repeat(np.arange(len(person)), length)
    rows = index.row[spans(index.start[person], length)]
    counted = (sessions.at[rows] >= since[number]) & ~sessions.applied[rows]
    return np.bincount(number[counted], minlength=len(person))


def _own(device: Meetings, place: Meetings, groups: Groups) -> Floats:
    """Share of the sessions at shared addresses that are on a device of one's own."""
    shared = np.isin(place.session, device.session)
    own = np.bincount(place.group[~shared], minlength=len(groups))
    return own / np.maximum(np.bincount(place.group, minlength=len(groups)), 1)


def _passed_on(ground: Ground, met: Meetings, groups: Groups) -> Floats:
    """Share of the meetings of devices that were handed over: the users of a device follow one another in time."""
    sessions = ground.sessions
    order = np.lexsort((sessions.at[met.session], met.thing, met.group))
    group, thing, who = met.group[order], met.thing[order], sessions.person[met.session[order]]
    same = (group[1:] == group[:-1]) & (thing[1:] == thing[:-1])
    turns = np.bincount(group[1:][same & (who[1:] != who[:-1])], minlength=len(groups))
    steps = np.bincount(group[1:][same], minlength=len(groups))
    pairs = np.unique(np.stack([group, thing.astype(np.int64), who.astype(np.int64)]), axis=1)
    heads = np.unique(pairs[:2], axis=1)
    needed = np.bincount(pairs[0], minlength=len(groups)) - np.bincount(heads[0], minlength=len(groups))
    spare = np.maximum(steps - needed, 0)
    return np.where(spare > 0, 1.0 - (turns - needed) / np.maximum(spare, 1), 0.0).clip(0.0, 1.0)


def _home(ground: Ground, place: Meetings, groups: Groups) -> Floats:
    """Share of members, few enough for a household, who share an address that is residential or of unknown kind."""
    ips, named = ground.snapshot["ips"], [IP_KINDS.index(kind) for kind in IP_KINDS if kind != "residential"]
    chosen = ~np.isin(place.thing, ips["ip"][np.isin(ips["kind"], named)])
    share = groups.share(place.group[chosen], ground.sessions.person[place.session[chosen]])
    return share * (groups.size <= HOUSEHOLD)


def _of_kind(ground: Ground, place: Meetings, groups: Groups, kinds: tuple[str, ...]) -> Floats:
    """Share of the sessions at shared addresses that are at addresses of these kinds."""
    ips = ground.snapshot["ips"]
    wanted = ips["ip"][np.isin(ips["kind"], [IP_KINDS.index(kind) for kind in kinds])]
    chosen = np.isin(place.thing, wanted)
    return np.bincount(place.group[chosen], minlength=len(groups)) / np.maximum(
        np.bincount(place.group, minlength=len(groups)), 1
    )
