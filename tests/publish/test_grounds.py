"""Grounds: reasons name the other party, the link and the date; what is absent has none."""

import pyarrow as pa
import pytest

from graphfraud.publish.grounds import MOST, SCHEMA, grounds
from graphfraud.score.card import read_card
from tests.debt.rows import at_home, loan, paid, world
from tests.tables import day, snapshot_of

EVIDENCE = {"source_id": "anna", "relationship": "HAS_CARD", "target_id": "card:1", "target_label": "Card", "at": None}
RINGS = pa.Table.from_pylist([EVIDENCE, EVIDENCE | {"source_id": "bob"}]).cast(
    pa.schema([*(pa.field(name, pa.string()) for name in list(EVIDENCE)[:4]), pa.field("at", SCHEMA.field("at").type)])
)


def told(*codes: str, **tables: list[dict[str, object]]) -> list[tuple[object, ...]]:
    """Code, relationship, party, label and day of each ground of anna's reasons."""
    people = ["anna", "bob", "carl", "dora"]
    reasons = [[{"code": code} for code in codes], [{"code": "C-OVERDUE"}], [], []]
    scores = pa.table({"person_id": people, "reasons": pa.array(reasons, pa.list_(pa.struct([("code", pa.string())])))})
    found = grounds(snapshot_of(world(**tables)), scores, RINGS, card=read_card(None), large_yuan=10_000)
    assert found.schema.names == SCHEMA.names
    return [
        (row["code"], row["relationship"], row["party_id"], row["party_label"], row["at"] and row["at"].timestamp())
        for row in found.to_pylist()
        if row["person_id"] == "anna"
    ]


def at(number: float) -> float:
    return day(number) / 1e6


def reported(by: str, when: float) -> dict[str, object]:
    return {"reporter_id": by, "person_id": "anna", "at": day(when)}


def test_complaints_name_who_complained_the_latest_first_and_each_once() -> None:
    reports = [reported("bob", 100), reported("carl", 150), reported("bob", 160)]
    assert told("S-COMPLAINTS", reports=reports) == [
        ("S-COMPLAINTS", "REPORTED", "bob", "Person", at(160)),
        ("S-COMPLAINTS", "REPORTED", "carl", "Person", at(150)),
    ]


def test_overdue_names_the_loan_that_was_and_no_other() -> None:
    late = {"days_past_due": 40, "observed_at": day(170)}
    loans = [loan("a", "anna", "x", 9, **late), loan("b", "anna", "y", 9)]
    expected = [("C-OVERDUE", "OWES", "a", "Loan", at(170)), ("R-OVERDUE-30", "OWES", "a", "Loan", at(170))]
    assert told("C-OVERDUE", "R-OVERDUE-30", loans=loans) == expected


def test_large_payments_are_told_and_small_ones_are_not() -> None:
    payments = [paid("p", "anna", "bob", 10_000), paid("q", "anna", "carl", 9_999), paid("r", "dora", "anna", 20_000)]
    assert told("P-LARGE", payments=payments) == [("P-LARGE", "PAID", "bob", "Person", at(180))]


def test_money_passed_on_names_both_sides() -> None:
    payments = [paid("p", "anna", "shop", 5, payee_kind="merchant"), paid("r", "dora", "anna", 5)]
    assert told("P-PASSTHROUGH", payments=payments) == [
        ("P-PASSTHROUGH", "PAID", "dora", "Person", at(180)),
        ("P-PASSTHROUGH", "PAID", "shop", "Merchant", at(180)),
    ]


def test_an_address_of_ones_own_is_no_ground_and_a_shared_one_is() -> None:
    own = at_home("anna", value="alone")
    assert told("S-IDENTIFIERS", identifiers=own) == []
    both = told("S-IDENTIFIERS", identifiers=[*own, *at_home("anna", "bob")])
    assert [row[1:4] for row in both] == [("HAS_ADDRESS", "address:home", "Address")]


def test_a_ring_brings_the_evidence_of_its_own_member() -> None:
    assert told("R-RING") == [("R-RING", "HAS_CARD", "card:1", "Card", None)]


@pytest.mark.parametrize("code", ["S-FRIENDS", "P-FREQUENCY", "R-MINOR"])
def test_what_is_absent_has_no_ground(code: str) -> None:
    assert told(code, payments=[paid("p", "anna", "bob", 10_000)]) == []


def test_no_more_links_than_can_be_read() -> None:
    asked = [{"person_id": "anna", "lender_id": f"l{place}", "at": day(150 + place)} for place in range(9)]
    found = told("C-INQUIRIES", inquiries=asked)
    assert [row[2] for row in found] == ["l8", "l7", "l6"][:MOST]
