"""Exposures: which tie puts whom at risk of how much, and that no debt is attached twice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.debt.exposures import KINDS, LAYERS, exposures
from graphfraud.schema import Entity
from graphfraud.snapshot.borrowing import current_loans, owed
from tests.debt.rows import at_home, loan, paid, world
from tests.tables import Rows, snapshot_of

Row = tuple[str, str, str, float]


def found(rows: Rows) -> list[Row]:
    """(exposed, debtor, layer, yuan) of the exposures that carry money."""
    snapshot = snapshot_of(rows)
    ids = snapshot.ids[Entity.PERSON].to_pylist()
    exposed = exposures(snapshot, current_loans(snapshot))
    columns = (exposed.exposed, exposed.debtor, exposed.layer, exposed.fen)
    whole = [(ids[i], ids[j], LAYERS[layer], fen / 100) for i, j, layer, fen in zip(*columns, strict=True)]
    return [row for row in whole if row[3] > 0]


ANNA_OWES = [loan("a", "anna", "x", 80)]


def test_answering_for_oneself_is_no_exposure() -> None:
    assert found(world(loans=ANNA_OWES, guarantees=[{"guarantor_id": "anna", "person_id": "anna"}])) == []


def test_a_debt_promised_twice_by_one_is_owed_once() -> None:
    promises = [{"guarantor_id": "bob", "person_id": "anna"}, {"guarantor_id": "bob", "loan_id": "a"}]
    assert found(world(loans=ANNA_OWES, guarantees=promises)) == [("bob", "anna", "legal", 80)]


def test_two_guarantors_of_one_debt_share_it() -> None:
    promises = [{"guarantor_id": name, "person_id": "anna"} for name in ("bob", "carl")]
    assert found(world(loans=ANNA_OWES, guarantees=promises)) == [
        ("bob", "anna", "legal", 40),
        ("carl", "anna", "legal", 40),
    ]


def test_what_nobody_guarantees_falls_on_the_household_then_on_friends() -> None:
    rows = world(
        loans=ANNA_OWES,
        guarantees=[{"guarantor_id": "bob", "person_id": "anna", "amount": 6000}],
        identifiers=at_home("anna", "carl"),
        friendships=[{"person_id": "anna", "friend_id": "dora"}],
    )
    assert found(rows) == [
        ("bob", "anna", "legal", 60),
        ("carl", "anna", "economic", 10),
        ("dora", "anna", "social", 2),
    ]


def test_payments_back_and_forth_cancel_and_refunds_do_not_count() -> None:
    flows = [
        paid("p", "anna", "bob", 50),
        paid("q", "bob", "anna", 20),
        paid("r", "carl", "bob", 9, refunded_at=10**12),
    ]
    flows += [paid("s", "dora", "bob", 9, at=90), paid("t", "carl", "carl", 9)]
    assert found(world(payments=flows)) == [("bob", "anna", "economic", 30)]


def test_merchants_absorb() -> None:
    flows = [paid("p", "anna", "shop", 50, payee_kind="merchant"), paid("q", "shop", "bob", 20, payer_kind="merchant")]
    assert found(world(payments=flows)) == []


def test_a_shared_account_is_a_shared_business() -> None:
    flows = [
        paid("p", "shop", "anna", 5, payer_kind="merchant", payee_account="till"),
        paid("q", "bob", "shop", 5, payee_kind="merchant", payer_account="till"),
    ]
    assert found(world(loans=ANNA_OWES, payments=flows)) == [("bob", "anna", "economic", 40)]


def test_an_emergency_contact_is_asked_for_who_named_them() -> None:
    contacts = [{"person_id": "anna", "contact_id": "bob"}]
    assert found(world(loans=[*ANNA_OWES, loan("b", "bob", "x", 80)], contacts=contacts)) == [
        ("bob", "anna", "social", 8)
    ]


@pytest.mark.parametrize(("size", "asked"), [(4, 3), (11, 0)], ids=["a small group", "a crowd"])
def test_only_small_groups_are_asked(size: int, asked: int) -> None:
    names = ["anna", *(f"p{place:02d}" for place in range(size - 1))]
    rows: Rows = {
        "people": [{"person_id": name, "registered_at": 0} for name in names],
        "loans": ANNA_OWES,
        "group_memberships": [{"person_id": name, "group_id": "g"} for name in names],
    }
    assert len(found(rows)) == asked


def test_two_ties_in_one_layer_are_one_exposure() -> None:
    rows = world(
        loans=ANNA_OWES,
        friendships=[{"person_id": "anna", "friend_id": "bob"}],
        contacts=[{"person_id": "anna", "contact_id": "bob"}],
    )
    assert found(rows) == [("bob", "anna", "social", 8)]
    snapshot = snapshot_of(rows)
    kinds = exposures(snapshot, current_loans(snapshot)).kinds.tolist()
    both = (1 << KINDS.index("friend")) | (1 << KINDS.index("contact"))
    assert sorted(kinds) == sorted([both, 1 << KINDS.index("friend")])


names = st.sampled_from(["anna", "bob", "carl", "dora"])


@settings(max_examples=15, deadline=None)
@given(
    owing=st.lists(st.tuples(names, st.integers(1, 50)), max_size=5),
    promised=st.lists(st.tuples(names, names, st.none() | st.integers(0, 9000)), max_size=6, unique_by=lambda p: p[:2]),
    friends=st.lists(st.tuples(names, names).filter(lambda pair: pair[0] < pair[1]), max_size=4, unique=True),
)
def test_no_fen_of_debt_is_attached_twice(
    owing: list[tuple[str, int]], promised: list[tuple[str, str, int | None]], friends: list[tuple[str, str]]
) -> None:
    rows = world(
        loans=[loan(f"l{place}", person, "x", yuan) for place, (person, yuan) in enumerate(owing)],
        guarantees=[{"guarantor_id": one, "person_id": other, "amount": fen} for one, other, fen in promised],
        friendships=[{"person_id": one, "friend_id": other} for one, other in friends],
        identifiers=at_home("anna", "bob", "dora"),
    )
    snapshot = snapshot_of(rows)
    loans = current_loans(snapshot)
    exposed = exposures(snapshot, loans)
    attached = np.zeros(snapshot.people, np.int64)
    np.add.at(attached, exposed.debtor, exposed.fen)
    assert (attached <= owed(snapshot, loans)).all()
    assert exposed.total().sum() == attached.sum()
