"""Social relation chain: friends, groups, moments, complaints, contacts."""

from collections.abc import Callable
from typing import Final

import numpy as np

from graphfraud.features.values import Values, distinct, tally, total, unknown
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import Snapshot


def friends(snapshot: Snapshot) -> Values:
    """How many friends a person has."""
    rows = snapshot["friendships"]
    if not len(rows):
        return unknown(snapshot.people)
    return tally(rows["person_id"], snapshot.people) + tally(rows["friend_id"], snapshot.people)


def groups(snapshot: Snapshot) -> Values:
    """How many chat groups a person is in."""
    rows = snapshot["group_memberships"]
    return tally(rows["person_id"], snapshot.people) if len(rows) else unknown(snapshot.people)


def group_messages_30d(snapshot: Snapshot) -> Values:
    """Messages in all groups in 30 days; unknown where no group of the person was counted."""
    rows = snapshot["group_memberships"]
    counted = rows["messages_30d"] >= 0
    result = total(rows["person_id"][counted], rows["messages_30d"][counted], snapshot.people)
    result[tally(rows["person_id"][counted], snapshot.people) == 0] = np.nan
    return result


def moments_30d(snapshot: Snapshot) -> Values:
    """Activity in moments at the last observation."""
    rows = snapshot["people_activity"]
    order = np.lexsort((rows["observed_at"], rows["person_id"]))
    person = rows["person_id"][order]
    last = order[np.r_[person[1:] != person[:-1], True][: len(person)]]
    known = last[rows["moments_30d"][last] >= 0]
    result = unknown(snapshot.people)
    result[rows["person_id"][known]] = rows["moments_30d"][known]
    return result


def complaints_180d(snapshot: Snapshot) -> Values:
    """Complaints received in 180 days."""
    rows = snapshot["reports"]
    if not len(rows):
        return unknown(snapshot.people)
    return tally(rows["person_id"][rows["at"] > snapshot.as_of - 180 * DAY_US], snapshot.people)


def complainants(snapshot: Snapshot) -> Values:
    """Different people who ever complained about a person."""
    rows = snapshot["reports"]
    return distinct(rows["person_id"], rows["reporter_id"], snapshot.people) if len(rows) else unknown(snapshot.people)


def listed_as_contact(snapshot: Snapshot) -> Values:
    """People who name this person as emergency contact."""
    rows = snapshot["contacts"]
    others = rows["person_id"] != rows["contact_id"]
    return tally(rows["contact_id"][others], snapshot.people) if len(rows) else unknown(snapshot.people)


def tenure_days(snapshot: Snapshot) -> Values:
    """Whole days since registration."""
    return ((snapshot.as_of - snapshot["people"]["registered_at"]) // DAY_US).astype(np.float64)


FEATURES: Final[tuple[Callable[[Snapshot], Values], ...]] = (
    friends,
    groups,
    group_messages_30d,
    moments_30d,
    complaints_180d,
    complainants,
    listed_as_contact,
    tenure_days,
)
