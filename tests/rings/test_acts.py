"""Acts: the middle of when each person did something, sums for groups, and how close two are in time."""

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.rings.acts import KINDS, Acts, acts, meetings
from graphfraud.rings.groups import Groups
from graphfraud.settings import HOUR_US
from graphfraud.snapshot.graph import NEVER
from tests.rings.grounds import ground_of, paid
from tests.tables import AS_OF, day, people

PEOPLE = 6
DONE = st.lists(st.tuples(st.integers(-1, PEOPLE), st.integers(0, 200) | st.just(NEVER)), max_size=20)


def acted(done: list[tuple[int, int]]) -> Acts:
    person = np.array([who for who, _ in done], np.int64)
    at = np.array([NEVER if hour == NEVER else AS_OF - hour * HOUR_US for _, hour in done], np.int64)
    nothing = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    return acts(PEOPLE, AS_OF, dict.fromkeys(KINDS, nothing) | {"FLOW": (person, at)})


@settings(deadline=None)
@given(DONE, st.randoms())
def test_the_later_middle_moment_of_each_person_whatever_the_order(done: list[tuple[int, int]], random: Random) -> None:
    flow = KINDS.index("FLOW")
    found = acted(done)
    for person in range(PEOPLE):
        hours = sorted((hour for who, hour in done if who == person and hour != NEVER), reverse=True)
        assert found.did[flow, person] == bool(hours)
        assert found.hour[flow, person] == (hours[len(hours) // 2] if hours else 0)
    mixed = list(done)
    random.shuffle(mixed)
    assert (acted(mixed).hour == found.hour).all()


def test_sums_of_groups_say_how_close_and_how_dense() -> None:
    found = acted([(0, 10), (1, 10), (2, 82), (3, 82 + 72)])
    groups = Groups.of(PEOPLE, np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 2, 3, 4, 5]), 0)
    flow, sums = KINDS.index("FLOW"), found.sums(groups)
    assert sums.count[flow].tolist() == [2, 2, 0]
    assert sums.dense[flow].tolist() == [1.0, round(1 / 1.5, 9), 0.0]
    close = sums.take(np.array([0, 0, 2])).close(sums.take(np.array([0, 1, 0])))
    assert close[flow].tolist() == [1.0, round(1 / (1 + 108 / 72), 9), 0.0]
    rest = sums - found.of(np.array([0, 2, 4]))
    assert rest.count[flow].tolist() == [1, 1, 0]
    assert rest.mean[flow].tolist() == [10, 154, 0]


def test_a_thing_that_one_person_alone_uses_is_no_meeting() -> None:
    person, at = meetings(np.array([0, 0, 1, 1, -1], np.int32), np.array([2, 3, 2, 2, 3], np.int32), np.arange(5))
    assert person.tolist() == [2, 3]
    assert at.tolist() == [0, 1]


def test_every_kind_of_act_is_read_from_the_tables() -> None:
    both = ("p1", "p2")
    money = [("p1", "p2", 1000, 1.0), ("p2", "p3", 990, 1.1), ("p3", "m1", 500, 2.0), ("m1", "p3", 400, 3.0)]
    ground = ground_of(
        {
            "people": people("p1", "p2", "p3"),
            "identifiers": [{"person_id": p, "kind": "card", "value": "x", "since": day(5)} for p in both],
            "logins": [{"person_id": p, "device_id": "d", "ip": "i", "at": day(190)} for p in both],
            "guarantees": [{"guarantor_id": "p1", "person_id": "p2", "at": day(3)}],
            "loans": [{"loan_id": "l", "person_id": "p1", "lender_id": "b", "principal": 1, "opened_at": day(2)}],
            "applications": [{"application_id": "a", "person_id": "p2", "at": day(1)}],
            "payments": paid(money),
        }
    )
    did = {kind: ground.acts.did[number].tolist() for number, kind in enumerate(KINDS)}
    assert did == {
        "PAPER": [True, True, False],
        "DEVICE": [True, True, False],
        "PLACE": [True, True, False],
        "PROMISE": [True, True, False],
        "FLOW": [True, True, True],
        "SHOP": [False, False, True],
        "LOAN": [True, False, False],
        "APPLY": [False, True, False],
    }
