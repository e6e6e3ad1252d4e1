"""Links: rare shared things tie, hubs and passed-on things do not; against a brute-force oracle."""

from collections import defaultdict
from itertools import combinations
from math import log2

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.settings import DAY_US, LinkSettings
from graphfraud.snapshot.links import components, guarded, links
from graphfraud.snapshot.sharing import uses
from tests.tables import Rows, day, people, snapshot_of

SETTINGS = LinkSettings()
NAMES = [f"p{i:02d}" for i in range(12)]


def linked(rows: Rows, **words: object):  # noqa: ANN201 - a test's own shorthand
    snapshot = snapshot_of(rows)
    return links(snapshot, uses(snapshot, window_days=180), settings=LinkSettings(**words))  # type: ignore[arg-type]


def phones(*owners: str, **words: object) -> list[dict[str, object]]:
    return [{"person_id": name, "kind": "phone", "value": "x"} | words for name in owners]


def logins(*people_at: tuple[str, float], device: str = "d") -> list[dict[str, object]]:
    return [{"person_id": name, "device_id": device, "at": day(at)} for name, at in people_at]


def test_a_shared_phone_ties_by_type_weight_and_rarity() -> None:
    found = linked({"people": people(*NAMES), "identifiers": phones("p00", "p01")})
    assert (found.a.tolist(), found.b.tolist()) == ([0], [1])
    assert found.weight[0] == pytest.approx(3.0 * (1 - log2(2) / log2(12)))


def test_a_hub_ties_nobody() -> None:
    rows = {"people": people(*NAMES), "identifiers": phones(*NAMES[:5])}
    assert len(linked(rows, hub_limit=5)) == 10
    assert len(linked(rows, hub_limit=4)) == 0


def test_a_phone_that_changed_hands_ties_nobody() -> None:
    first = phones("p00", until=day(50))
    second = phones("p01", since=day(100))
    assert len(linked({"people": people(*NAMES), "identifiers": first + second})) == 0
    overlapping = phones("p01", since=day(40))
    assert len(linked({"people": people(*NAMES), "identifiers": first + overlapping})) == 1


def test_a_second_hand_device_ties_nobody_a_shared_one_does() -> None:
    sold = logins(("p00", 50), ("p00", 60), ("p01", 100), ("p01", 120))
    shared = logins(("p00", 50), ("p01", 52), ("p00", 100))
    assert len(linked({"people": people(*NAMES), "logins": sold})) == 0
    assert len(linked({"people": people(*NAMES), "logins": shared})) == 1


def test_logins_before_the_window_do_not_count() -> None:
    old = logins(("p00", 10), ("p01", 10))
    assert len(linked({"people": people(*NAMES), "logins": old})) == 0


def test_a_weak_pair_needs_two_independent_types() -> None:
    both = [{"person_id": name, "device_id": "d", "ip": "i", "at": day(190)} for name in ("p00", "p01")]
    address = [{"person_id": name, "kind": "address", "value": "x"} for name in ("p00", "p01")]
    device_and_ip = linked({"people": people(*NAMES), "logins": both})
    assert len(guarded(device_and_ip, min_weight=9.0)) == 0
    with_address = linked({"people": people(*NAMES), "logins": both, "identifiers": address})
    assert len(guarded(with_address, min_weight=9.0)) == 1


uses_of = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["phone", "card"]), st.sampled_from("uvwxyz")), unique=True
)


@settings(max_examples=12, deadline=None)
@given(rows=uses_of)
def test_pairs_and_components_agree_with_networkx(rows: list[tuple[str, str, str]]) -> None:
    given_rows = [{"person_id": p, "kind": k, "value": v} for p, k, v in rows]
    found = linked({"people": people(*NAMES), "identifiers": given_rows})
    owners = defaultdict(set)
    for person, kind, value in rows:
        owners[kind, value].add(NAMES.index(person))
    expected: dict[tuple[int, int], float] = defaultdict(float)
    for (kind, _), who in owners.items():
        for pair in combinations(sorted(who), 2):
            weight = 3.0 if kind == "phone" else 4.0
            expected[pair] += weight * (1 - log2(len(who)) / log2(len(NAMES)))
    expected = {pair: weight for pair, weight in expected.items() if weight > 0}
    assert dict(zip(zip(found.a.tolist(), found.b.tolist(), strict=True), found.weight, strict=True)) == pytest.approx(
        expected
    )
    graph = nx.Graph(list(expected))
    graph.add_nodes_from(range(len(NAMES)))
    oracle = np.empty(len(NAMES), int)
    for component in nx.connected_components(graph):
        oracle[list(component)] = min(component)
    assert components(found).tolist() == oracle.tolist()


def test_a_link_needs_people() -> None:
    assert len(linked({})) == 0
    assert len(linked({"people": people("one")})) == 0


def test_windows_are_in_days() -> None:
    assert DAY_US == 24 * 3600 * 10**6
