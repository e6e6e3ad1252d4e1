"""Company: who the members of a group are, and how they know each other."""

from typing import Final

import numpy as np

from graphfraud.rings.credit import near
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import ByPerson, Flags, Floats, Groups, Ints, Rows
from graphfraud.schema import LABELS, OCCUPATIONS
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import NEVER

OLD_US: Final = 90 * DAY_US
FRESH_US: Final = 120 * DAY_US


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
        "RG-COMPLAINT": groups.mean(_marked(ground, snapshot["reports"]["person_id"])),
        "RG-KNOWN": groups.mean(known_fraud(ground)),
        "RG-LARGE": np.clip(np.log2(np.maximum(groups.size, 1) / 4.0) / 3.0, 0.0, 1.0),
        "RI-STUDENTS": groups.mean(people["occupation"] == OCCUPATIONS.index("student")),
        "RI-SELF-EMPLOYED": groups.mean(people["occupation"] == OCCUPATIONS.index("self_employed")),
        "RI-CLEARED": groups.mean(cleared(ground)),
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


def known_fraud(ground: Ground) -> Flags:
    """Who is known as fraudulent by the as-of."""
    return _labelled(ground, "fraud")


def cleared(ground: Ground) -> Flags:
    """Who was looked at and found in order."""
    return _labelled(ground, "clean")


def _labelled(ground: Ground, label: str) -> Flags:
    labels = ground.snapshot["labels"]
    return _marked(ground, labels["person_id"][labels["label"] == LABELS.index(label)])


def _marked(ground: Ground, people: Ints | Rows) -> Flags:
    marks = np.zeros(ground.people, bool)
    marks[people] = True
    return marks
