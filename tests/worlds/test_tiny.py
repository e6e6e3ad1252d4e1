"""The tiny fixture is what its script writes, and keeps the contract."""

import csv
import runpy
from pathlib import Path

import pytest

from graphfraud.schema import TABLES, Entity, Kind, Table

FIXTURES = Path(__file__).parents[2] / "fixtures"
TINY = FIXTURES / "tiny"
KEYS = {
    Entity.PERSON: "people",
    Entity.DEVICE: "devices",
    Entity.IP: "ips",
    Entity.LENDER: "lenders",
    Entity.LOAN: "loans",
}


def rows(name: str) -> list[dict[str, str]]:
    with (TINY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_files_are_what_the_script_writes(tmp_path: Path) -> None:
    runpy.run_path(str(FIXTURES / "make.py"))["write"](tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    kept = {path.relative_to(TINY): path.read_bytes() for path in TINY.rglob("*.*") if path.is_file()}
    assert made == kept


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_keeps_the_contract(table: Table) -> None:
    found = rows(table.name)
    assert found
    assert list(found[0]) == [column.name for column in table.columns]
    keys = [tuple(row[name] for name in table.key) for row in found]
    assert len(set(keys)) == len(keys)
    for column in table.columns:
        values = {row[column.name] for row in found} - ({""} if column.optional else set())
        if column.kind is Kind.CHOICE:
            assert values <= set(column.values)
        if column.moment:
            assert all(value <= "2026-02-01T00:00:00Z" for value in values)
        if column.names in KEYS:
            listed = KEYS[column.names]
            assert values <= {next(iter(row.values())) for row in rows(listed)}


def test_the_ring_shares_everything_and_the_family_only_what_families_share() -> None:
    values = {(row["person_id"], row["kind"], row["value"].replace(" ", "")[-11:]) for row in rows("identifiers")}
    ring = {row["person_id"] for row in rows("truth/truth_rings")}
    assert {person for person, kind, value in values if (kind, value) == ("phone", "13800000001")} == ring
    assert {row["person_id"] for row in rows("logins") if row["device_id"] == "farm-phone"} == ring
    assert ring.isdisjoint(row["person_id"] for row in rows("truth/truth_groups"))
