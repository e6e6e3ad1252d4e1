"""Company: who the members of a group are, and how they know each other."""

from typing import Final

import numpy as np

from graphfraud.rings.credit import near
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import ByPerson, Floats, Groups, Ints
from graphfraud.schema import OCCUPATIONS
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import NEVER

OLD_US: Final = 90 * DAY_US
FRESH_US: Final = 120 * DAY_US
YEAR_US: Final = 365 * DAY_US


def terms(ground: Ground, groups: Groups) -> dict[str, Floats]:
    """Terms of occupation, registration, friends, contacts, complaints and what is known."""
    snapshot = ground.snapshot
    people = snapshot["people"]
    registered = people["registered_at"]
    asked = snapshot["applications"]
    index = ByPerson.of(asked["person_id"], ground.people)
    group, row = index.rows(groups)
    friends = snapshot["friendships"]
    old = (friends["since"] == NEVER) | (friends["since"] < snapshot.as_of - FRESH_US)
    contacts = snapshot["contacts"]
    return {
        "RG-REGISTER": near(groups, groups.number, groups.person, registered[groups.person], registered),
        "RG-APPLY": near(groups, group, asked["person_id"][row], asked["at"][row], asked["at"]),
        "RG-INVITED": groups.mean(people["invited"] == 1),
        "RG-COMPLAINT": groups.mean(ground.marked(snapshot["reports"]["person_id"])),
        "RG-KNOWN": groups.mean(ground.known),
        "RG-NEAR-KNOWN": _near_known(ground, groups),
        "RG-LARGE": np.clip(np.log2(np.maximum(groups.size, 1) / 4.0) / 3.0, 0.0, 1.0),
        "RI-TENURE": groups.mean((registered != NEVER) & (registered < snapshot.as_of - YEAR_US)),
        "RI-STUDENTS": groups.mean(people["occupation"] == OCCUPATIONS.index("student")),
        "RI-SELF-EMPLOYED": groups.mean(people["occupation"] == OCCUPATIONS.index("self_employed")),
        "RI-CLEARED": groups.mean(ground.labelled("clean")),
        "RI-FRIENDS": _tied(groups, friends["person_id"][old], friends["friend_id"][old]),
        "RI-CONTACTS": _tied(groups, contacts["person_id"], contacts["contact_id"]),
        "RI-CHAT": _chat(ground, groups),
    }


def _tied(groups: Groups, first: Ints, second: Ints) -> Floats:
    """Ties inside each group over its members; 1 is one a member."""
    group, row = ByPerson.of(first, groups.people).rows(groups)
    inside = groups.has(group, second[row])
    return np.clip(np.bincount(group[inside], minlength=len(groups)) / np.maximum(groups.size, 1), 0.0, 1.0)


def _chat(ground: Ground, groups: Groups) -> Floats:
    """Largest share of members in one chat group."""
    chat = ground.snapshot["group_memberships"]
    group, row = ByPerson.of(chat["person_id"], ground.people).rows(groups)
    places, count = np.unique(np.stack([group, chat["group_id"][row].astype(np.int64)]), axis=1, return_counts=True)
    most: Floats = np.zeros(len(groups))
    np.maximum.at(most, places[0], count)
    return most * (most > 1) / np.maximum(groups.size, 1)


def _near_known(ground: Ground, groups: Groups) -> Floats:
    """How strongly the members who are not known are tied to people who are, at most 1 each."""
    near = np.minimum(ground.belief, 1.0) * ~ground.known
    unknown = np.maximum(groups.size - groups.total(ground.known), 1.0)
    return np.clip(groups.total(near) / unknown, 0.0, 1.0)
