"""Every table has forms; each row takes exactly one, and no column is lost on the way."""

import duckdb
import pytest

from graphfraud.schema import TABLES, Table
from graphfraud.store.neo4j.mapping import FORMS, Links, Nodes
from tests.store.neo4j.rows import full_row, sparse_row
from tests.tables import arrow

BY_TABLE = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@BY_TABLE
def test_every_column_is_an_end_a_constant_or_a_property(table: Table) -> None:
    for form in FORMS[table.name]:
        said = {column.name for column in form.properties}
        if isinstance(form, Links):
            ends, constants = {end.column for end in form.ends}, set(form.constants)
            assert not ends & constants
            said |= ends | constants
        assert said == {column.name for column in table.stored}


@BY_TABLE
def test_each_row_takes_exactly_one_form(table: Table) -> None:
    rows = [full_row(table, "x"), sparse_row(table, "y")]
    for column in table.columns:
        rows += [rows[0] | {column.name: value} for value in column.values]
        rows += [rows[0] | {column.name: None}] if column.optional else []
    forms = [form.condition for form in FORMS[table.name] if isinstance(form, Links)]
    if all(isinstance(form, Nodes) for form in FORMS[table.name]):
        return
    with duckdb.connect() as connection:
        connection.register("given", arrow(table.name, rows))
        taken = (
            connection.table("given").set_alias("r").project(" + ".join(f"({form})::INT" for form in forms)).fetchall()
        )
    assert {count for (count,) in taken} == {1}


def test_the_contract_names_these_relationships() -> None:
    found = {form.type for forms in FORMS.values() for form in forms if isinstance(form, Links)}
    assert found >= {
        "FRIEND_OF", "MEMBER_OF", "LISTS_CONTACT", "REPORTED", "HAS_PHONE", "HAS_CARD", "HAS_ADDRESS",
        "HAS_NATIONAL_ID", "HAS_EMAIL", "LOGGED_IN", "PAID", "DISBURSED", "REPAID", "GUARANTEES", "INQUIRED_BY",
        "SUBMITTED",
    }  # fmt: skip
