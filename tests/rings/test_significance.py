"""Significance: chance alone is never reported; the p-value holds on rewired graphs."""

import numpy as np
import pytest

from graphfraud.rings.candidates import candidates
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import ByPerson, Groups
from graphfraud.rings.judgement import judged
from graphfraud.rings.model import model
from graphfraud.rings.significance import Surplus, p_values, q_values, surplus, things_bound
from graphfraud.settings import Settings
from graphfraud.snapshot.graph import Relation, Snapshot
from graphfraud.snapshot.links import links
from graphfraud.snapshot.sharing import Uses, uses
from tests.rings.grounds import ground_of
from tests.tables import people, snapshot_of

SETTINGS = Settings()


def bound(size: int, shared: int, expected: float, groups: float) -> float:
    part = Surplus(np.array([size]), np.array([shared]), np.array([expected]))
    return float(things_bound([part], np.array([np.log(groups)]))[0])


def test_more_sharing_is_less_likely_and_more_groups_make_it_likelier() -> None:
    few = bound(5, 8, 1e-3, 1e9)
    many = bound(5, 16, 1e-3, 1e9)
    crowd = bound(5, 8, 1e-3, 1e18)
    assert many < few < crowd <= 0.0


def test_two_kinds_together_are_never_rarer_than_their_product() -> None:
    part = Surplus(np.array([4]), np.array([3]), np.array([0.01]))
    one, both = things_bound([part], np.zeros(1))[0], things_bound([part, part], np.zeros(1))[0]
    assert 2 * one < both < one


def test_a_family_with_one_address_is_not_significant() -> None:
    crowd = [f"p{i:03d}" for i in range(400)]
    home = [
        {"person_id": name, "kind": "address", "value": "home" if i < 4 else f"a{i}"} for i, name in enumerate(crowd)
    ]
    ground = ground_of({"people": people(*crowd), "identifiers": home})
    family = Groups.of(400, np.zeros(4, np.int64), np.arange(4), 0)
    assert p_values(ground, family)[0] == 1.0


def test_no_group_has_no_significance() -> None:
    ground = ground_of({"people": people("a", "b", "c")})
    assert p_values(ground, Groups.of(3, np.zeros(3, np.int64), np.arange(3), 0)).tolist() == [1.0]
    assert len(p_values(ground, Groups.none(3))) == 0
    assert len(q_values(np.zeros(0))) == 0


def test_surplus_counts_what_is_shared_beyond_the_first_user() -> None:
    rows = [{"person_id": p, "kind": "card", "value": v} for p, v in [("a", "x"), ("b", "x"), ("c", "x"), ("d", "y")]]
    shared = uses(snapshot_of({"people": people(*"abcd"), "identifiers": rows}), window_days=180)
    pair = Groups.of(4, np.zeros(2, np.int64), np.array([0, 1]), 0)
    found = surplus(shared, ByPerson.of(shared.person, 4), pair, hub_limit=60)
    assert (found.size.tolist(), found.surplus.tolist()) == ([2], [1])
    assert found.expected[0] == pytest.approx(3 * (2 / 4) ** 2)


def rewired(shared: Uses, rng: np.random.Generator) -> Uses:
    """Who uses which thing drawn anew within each type: the null model itself."""
    person = shared.person.copy()
    for kind in np.unique(shared.type):
        rows = np.flatnonzero(shared.type == kind)
        person[rows] = person[rng.permutation(rows)]
    _, once = np.unique(np.stack([shared.thing, person]), axis=1, return_index=True)
    return Uses(*(column[once] for column in (person, shared.thing, shared.type, shared.first_at, shared.last_at)))


@pytest.mark.parametrize("seed", range(5))
def test_in_a_rewired_world_no_shared_thing_makes_a_ring(seed: int, world_snapshot) -> None:  # noqa: ANN001 - session fixture
    shared = rewired(uses(world_snapshot, window_days=180), np.random.default_rng(seed))
    linked = links(world_snapshot, shared, settings=SETTINGS.links)
    ground = Ground(without(world_snapshot), shared, linked, SETTINGS)
    groups = candidates(ground, settings=SETTINGS)
    assert len(groups)
    assert (q_values(p_values(ground, groups)) > SETTINGS.rings.max_q).all()
    found = judged(ground, model(), settings=SETTINGS)
    assert not len(found.reported(SETTINGS.rings).groups)


def without(snapshot: Snapshot) -> Snapshot:
    """The same people without sessions, payments and promises, which rewiring leaves as they are."""
    gone = ("logins", "applications", "payments", "guarantees", "contacts")
    kept = {
        name: Relation(name, {column: rows[column][:0] for column in rows.columns}) if name in gone else rows
        for name, rows in snapshot.relations.items()
    }
    return Snapshot(snapshot.as_of, snapshot.ids, kept)
