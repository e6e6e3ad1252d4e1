"""The debt table: its columns, what moves them, and that neither order nor labels of others' groups do."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.debt.compute import debt, shared_debt, what_if
from graphfraud.debt.shock import Shock
from graphfraud.errors import NotFoundError
from tests.debt.rows import EVERYBODY, at_home, loan, paid, world
from tests.tables import Rows, snapshot_of


def table(rows: Rows) -> dict[str, dict[str, object]]:
    return {row["person_id"]: row for row in debt(snapshot_of(rows)).to_pylist()}


def test_somebody_without_loans_owes_nothing_and_defaults_by_the_prior() -> None:
    row = table(world())["anna"]
    assert (row["lenders_open"], row["outstanding"], row["stacking"], row["impact"]) == (0, 0, 0, 0)
    assert row["default_probability"] == pytest.approx(1 / (1 + np.exp(4)))
    assert row["basis"] == "prior"
    assert row["top_path"] is None
    assert row["household_lenders_open"] is None


def test_each_further_lender_makes_default_likelier() -> None:
    chance = [
        table(world(loans=[loan(name, "anna", name, 9) for name in names]))["anna"]["default_probability"]
        for names in ("a", "ab", "abc")
    ]
    assert chance == sorted(chance)
    assert len(set(chance)) == 3


def test_a_guarantee_is_exposure_here_and_impact_there() -> None:
    found = table(world(loans=[loan("a", "anna", "x", 80)], guarantees=[{"guarantor_id": "bob", "person_id": "anna"}]))
    assert found["bob"]["exposure_to_others"] == found["bob"]["exposure_legal"] == found["anna"]["impact"] == 80
    assert found["bob"]["top_path"] == "bob answers for 80.00 yuan that anna owes"
    assert found["bob"]["default_probability"] > found["bob"]["own_probability"]
    assert found["carl"]["default_probability"] == pytest.approx(found["carl"]["own_probability"])


def test_a_household_is_stacked_as_one() -> None:
    rows = world(
        loans=[loan("a", "anna", "x", 9), loan("b", "bob", "y", 9)], identifiers=at_home("anna", "bob"), labels=[]
    )
    found = table(rows)
    assert found["anna"]["lenders_open"] == 1
    assert found["anna"]["household_lenders_open"] == found["bob"]["household_lenders_open"] == 2
    assert found["anna"]["household_outstanding"] == 18


def test_figures_tell_the_basis_and_whether_the_network_amplifies() -> None:
    loans = [loan("a", "anna", "x", 5000), loan("b", "bob", "x", 5000)]
    mutual = [{"guarantor_id": "bob", "person_id": "anna"}, {"guarantor_id": "anna", "person_id": "bob"}]
    figures = shared_debt(snapshot_of(world(loans=loans, guarantees=mutual))).figures
    assert figures["spectral_radius"] == pytest.approx(1.0)
    assert figures["amplifies"]
    assert figures["contagion"]["basis"] == "prior"
    assert "0 labels of default" in figures["contagion"]["why"]


names = st.sampled_from([row["person_id"] for row in EVERYBODY])


@settings(max_examples=10, deadline=None)
@given(
    owed=st.lists(st.tuples(names, st.integers(1, 3000)), max_size=4),
    promised=st.lists(st.tuples(names, names), max_size=6, unique=True),
    flows=st.lists(st.tuples(names, names, st.integers(1, 900)), max_size=4),
)
def test_impact_never_exceeds_all_exposure_and_order_changes_nothing(
    owed: list[tuple[str, int]], promised: list[tuple[str, str]], flows: list[tuple[str, str, int]]
) -> None:
    rows = world(
        loans=[loan(f"l{place}", person, "x", yuan) for place, (person, yuan) in enumerate(owed)],
        guarantees=[{"guarantor_id": one, "person_id": other} for one, other in promised],
        payments=[paid(f"p{place}", one, other, yuan) for place, (one, other, yuan) in enumerate(flows)],
        identifiers=at_home("anna", "carl"),
    )
    snapshot = snapshot_of(rows)
    found = shared_debt(snapshot)
    assert max(found.table.column("impact").to_pylist()) <= found.figures["exposure_yuan"] + 1e-9
    turned = shared_debt(snapshot_of({name: list(reversed(content)) for name, content in rows.items()}))
    assert found.table.equals(turned.table)
    assert found.figures == turned.figures


def test_a_what_if_names_people_and_knows_them() -> None:
    rows = world(loans=[loan("a", "anna", "x", 80)], guarantees=[{"guarantor_id": "bob", "person_id": "anna"}])
    debts = shared_debt(snapshot_of(rows))
    found = what_if(debts, Shock.parse("fail=anna"), worlds=50)
    assert (found.shocked.defaulted >= 80).all()
    assert (found.shocked.total >= found.baseline.total).all()
    with pytest.raises(NotFoundError, match="no person 'zoe'"):
        what_if(debts, Shock.parse("fail=anna,zoe"), worlds=1)


def test_columns_are_those_of_the_contract() -> None:
    found = debt(snapshot_of({"people": EVERYBODY}))
    needed = ["person_id", "lenders_open", "outstanding", "stacking", "exposure_to_others"]
    needed += ["default_probability", "impact", "top_path"]
    assert set(needed) <= set(found.column_names)
    assert found.schema.field("top_path").type == pa.string()


def test_nobody_at_all_is_a_table_without_rows() -> None:
    assert debt(snapshot_of({"people": []})).num_rows == 0
