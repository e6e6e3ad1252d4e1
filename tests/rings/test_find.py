"""Rings: a farm is found, an honest family, dormitory, office and hub are not; ids last."""

from collections.abc import Sequence

import numpy as np
import pytest

from graphfraud.rings.find import Rings, rings
from graphfraud.rings.lineage import Parents
from graphfraud.settings import HOUR_US, Settings
from graphfraud.snapshot.links import links
from graphfraud.snapshot.sharing import uses
from tests.tables import Rows, day, people, snapshot_of

SETTINGS = Settings()
CROWD = [f"p{i:03d}" for i in range(300)]


BACKGROUND: Rows = {
    "identifiers": [
        {"person_id": name, "kind": kind, "value": f"{kind}-{name}"}
        for name in CROWD
        for kind in ("phone", "card", "address")
    ],
    "logins": [{"person_id": name, "device_id": f"own-{name}", "ip": f"ip-{name}", "at": day(185)} for name in CROWD],
}
"""Everybody has things of their own, as people do: sharing is only strange against that."""


def found(rows: Rows, parents: Parents | None = None) -> Rings:
    given = {name: [*BACKGROUND.get(name, []), *rows.get(name, [])] for name in {*BACKGROUND, *rows}}
    snapshot = snapshot_of({"people": people(*CROWD)} | given)
    shared = uses(snapshot, window_days=180)
    linked = links(snapshot, shared, settings=SETTINGS.links)
    passed = np.zeros(snapshot.people)
    return rings(snapshot, shared, linked, passed_on=passed, parents=parents or Parents.none(), settings=SETTINGS)


def shared(kind: str, members: Sequence[str], value: str = "x") -> list[dict[str, object]]:
    return [{"person_id": name, "kind": kind, "value": f"{kind}-{value}"} for name in members]


def logins(members: Sequence[str], device: str, at: float = 190) -> list[dict[str, object]]:
    return [
        {"person_id": name, "device_id": device, "ip": f"ip-{device}", "at": day(at) + i * HOUR_US}
        for i, name in enumerate(members)
    ]


def asked(members: Sequence[str], device: str, at: float = 191.5) -> list[dict[str, object]]:
    return [
        {
            "application_id": f"{name} asks",
            "person_id": name,
            "amount": 500_000,
            "device_id": device,
            "ip": f"ip-{device}",
            "at": day(at) + i * HOUR_US,
        }
        for i, name in enumerate(members)
    ]


FARM = CROWD[10:18]
FARM_ROWS: Rows = {
    "logins": [*logins(FARM, "d1"), *logins(FARM, "d2", 191)],
    "applications": asked(FARM, "d2"),
    "identifiers": [*shared("card", FARM), *shared("phone", FARM[:4])],
}


def members(result: Rings) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for row in result.members.to_pylist():
        groups.setdefault(row["ring_id"], []).append(row["person_id"])
    return sorted(groups.values())


def test_people_who_share_devices_cards_and_phones_are_a_ring() -> None:
    result = found(FARM_ROWS)
    assert members(result) == [FARM]
    row = result.rings.to_pylist()[0]
    assert row["size"] == 8
    assert row["kind"] == "shared_identity"
    assert row["score"] >= 0.5
    assert row["p_value"] < 1e-9
    assert {"RG-DEVICE", "RG-IDENTITY"} <= {reason["code"] for reason in row["reasons"]}


def test_every_member_has_evidence_that_names_the_thing() -> None:
    evidence = found(FARM_ROWS).evidence.to_pylist()
    assert {row["source_id"] for row in evidence} == set(FARM)
    assert {row["relationship"] for row in evidence} == {"HAS_CARD", "HAS_PHONE", "USED_DEVICE", "USED_IP"}
    assert {row["target_id"] for row in evidence if row["relationship"] == "HAS_CARD"} == {"card-x"}


def test_bystanders_are_in_the_evidence_of_nobody() -> None:
    rows = FARM_ROWS | {"friendships": [{"person_id": FARM[0], "friend_id": CROWD[200]}]}
    assert CROWD[200] not in {row["target_id"] for row in found(rows).evidence.to_pylist()}


def test_one_organiser_leads() -> None:
    roles = [row["role"] for row in found(FARM_ROWS).members.to_pylist()]
    assert roles.count("organiser") == 1


@pytest.mark.parametrize(
    ("what", "rows"),
    [
        ("a family at one address", {"identifiers": shared("address", CROWD[:4])}),
        ("a family with one phone and one tablet", {"identifiers": shared("phone", CROWD[:4]), "logins": logins(CROWD[:4], "d")}),
        ("a dormitory behind one address", {"identifiers": shared("address", CROWD[:50]), "logins": [row | {"device_id": f"d{i}"} for i, row in enumerate(logins(CROWD[:50], "x"))]}),
        ("a café with a hundred guests", {"logins": logins(CROWD[:100], "kiosk")}),
        ("two people who share everything", {"logins": logins(CROWD[:2], "d"), "identifiers": [*shared("card", CROWD[:2]), *shared("phone", CROWD[:2])]}),
        ("nobody", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_nearest_no(what: str, rows: Rows) -> None:
    assert members(found(rows)) == [], what


def test_an_office_that_pays_salaries_is_no_ring() -> None:
    office = CROWD[:8]
    salaries = [
        {"payment_id": f"s{i}", "payer_id": "firm", "payer_kind": "merchant", "payee_id": name, "payee_kind": "person",
         "amount": 800_000, "at": day(180)}
        for i, name in enumerate(office)
    ]  # fmt: skip
    rows: Rows = {"logins": [*logins(office, "d1"), *logins(office, "d2")], "payments": salaries}
    assert members(found(rows)) == []


def test_a_ring_keeps_its_id_while_it_grows() -> None:
    first = found(FARM_ROWS)
    ring_id = first.rings.column("ring_id")[0].as_py()
    parents = Parents((ring_id,), (day(150),), first.members.select(["ring_id", "person_id"]))
    grown = [*FARM, CROWD[30]]
    rows: Rows = {
        "logins": [*logins(grown, "d1"), *logins(grown, "d2", 191)],
        "applications": asked(grown, "d2"),
        "identifiers": shared("card", grown),
    }
    again = found(rows, parents)
    assert again.rings.column("ring_id").to_pylist() == [ring_id]
    assert again.rings.column("first_seen_at").cast("int64").to_pylist() == [day(150)]


def test_another_ring_of_other_people_gets_another_id() -> None:
    first = found(FARM_ROWS)
    ring_id = first.rings.column("ring_id")[0].as_py()
    parents = Parents((ring_id,), (day(150),), first.members.select(["ring_id", "person_id"]))
    others = CROWD[40:48]
    rows: Rows = {
        "logins": [*logins(others, "d1"), *logins(others, "d2", 191)],
        "applications": asked(others, "d2"),
        "identifiers": shared("card", others),
    }
    again = found(rows, parents)
    assert again.rings.num_rows == 1
    assert again.rings.column("ring_id")[0].as_py() != ring_id


def test_kinds_of_evidence_between_members_are_told() -> None:
    rows = FARM_ROWS | {
        "friendships": [{"person_id": FARM[0], "friend_id": FARM[1]}],
        "guarantees": [{"guarantor_id": FARM[2], "person_id": FARM[3]}],
    }
    told = {row["relationship"] for row in found(rows).evidence.to_pylist()}
    assert {"FRIEND_OF", "GUARANTEES"} <= told
