# ruff: noqa: S608  # names come from the schema and from this file, never from outside
"""Every table keeps what the contract promises."""

import duckdb
import pyarrow as pa
import pytest

from graphfraud.queries import quoted
from graphfraud.schema import ARROW_TYPES, TABLES, Column, Entity, Kind, Moment, Table

LISTED = {
    Entity.PERSON: ("people", "person_id"),
    Entity.DEVICE: ("devices", "device_id"),
    Entity.IP: ("ips", "ip"),
    Entity.MERCHANT: ("merchants", "merchant_id"),
    Entity.LENDER: ("lenders", "lender_id"),
    Entity.LOAN: ("loans", "loan_id"),
}
AS_OF = "TIMESTAMPTZ '2026-02-01T00:00:00Z'"
COLUMNS = [
    pytest.param(table, column, id=f"{table.name}.{column.name}") for table in TABLES for column in table.columns
]


def count(world: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(world.sql(f"SELECT count(*) FROM {query}").fetchall()[0][0])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_types_and_keys(table: Table, medium: duckdb.DuckDBPyConnection) -> None:
    schema = medium.sql(f"FROM {table.name} LIMIT 0").to_arrow_table().schema
    outside = {**ARROW_TYPES, Kind.MONEY: pa.decimal128(18, 2)}
    assert schema.names == [column.name for column in table.columns]
    assert schema.types == [outside[column.kind] for column in table.columns]
    key = ", ".join(quoted(name) for name in table.key)
    assert count(medium, table.name) > 0
    assert count(medium, f"(SELECT {key} FROM {table.name} GROUP BY ALL HAVING count(*) > 1)") == 0


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_values(table: Table, column: Column, medium: duckdb.DuckDBPyConnection) -> None:
    name = quoted(column.name)
    if not column.optional:
        assert count(medium, f"{table.name} WHERE {name} IS NULL") == 0
    if column.kind is Kind.CHOICE:
        found = {value for (value,) in medium.sql(f"SELECT DISTINCT {name} FROM {table.name}").fetchall()}
        assert found <= {*column.values, None}
    if column.moment in (Moment.EVENT, Moment.END, Moment.OBSERVED):
        assert count(medium, f"{table.name} WHERE {name} > {AS_OF}") == 0
    if column.names in LISTED:
        listed, key = LISTED[column.names]
        assert count(medium, f"{table.name} WHERE {name} NOT IN (SELECT {key} FROM {listed})") == 0


@pytest.mark.parametrize("party", ["payer", "payee"])
def test_parties_of_payments_exist(party: str, medium: duckdb.DuckDBPyConnection) -> None:
    kind = f"coalesce({party}_kind, 'person')"
    known = "SELECT 'person', person_id FROM people UNION ALL SELECT 'merchant', merchant_id FROM merchants"
    assert count(medium, f"payments WHERE ({kind}, {party}_id) NOT IN ({known})") == 0
    assert count(medium, "payments WHERE payer_id = payee_id OR amount <= 0") == 0


def test_friends_are_stored_once_and_nobody_is_his_own(medium: duckdb.DuckDBPyConnection) -> None:
    assert count(medium, "friendships WHERE person_id >= friend_id") == 0


@pytest.mark.parametrize(
    ("table", "person"), [("logins", "person_id"), ("payments", "payer_id"), ("payments", "payee_id")]
)
def test_nobody_acts_before_the_account_exists(table: str, person: str, medium: duckdb.DuckDBPyConnection) -> None:
    early = f'{table} t JOIN people p ON t.{person} = p.person_id WHERE t."at" < p.registered_at'
    assert count(medium, early) == 0


def test_a_loan_owes_what_was_lent_less_what_was_repaid(medium: duckdb.DuckDBPyConnection) -> None:
    unequal = medium.sql(
        f"""
        WITH now AS (SELECT * FROM loans WHERE observed_at = {AS_OF} OR closed_at = observed_at),
             paid AS (SELECT loan_id, sum(amount) AS paid FROM repayments GROUP BY loan_id)
        SELECT loan_id FROM now LEFT JOIN paid USING (loan_id)
        WHERE abs(principal - coalesce(paid, 0) - outstanding) > 0.02"""
    )
    assert unequal.fetchall() == []
    assert count(medium, "loans WHERE closed_at IS NOT NULL AND outstanding > 0") == 0


def test_shares_of_joint_loans_add_up(medium: duckdb.DuckDBPyConnection) -> None:
    assert count(medium, "(SELECT loan_id FROM funding GROUP BY 1 HAVING round(sum(share), 9) <> 1)") == 0


def test_a_number_given_up_has_one_owner_at_a_time(medium: duckdb.DuckDBPyConnection) -> None:
    recycled = """
        (SELECT a.person_id FROM identifiers a JOIN identifiers b USING (kind)
         WHERE kind = 'phone' AND a.person_id <> b.person_id AND a.until <= b.since
           AND replace(replace(a.value, ' ', ''), '+86', '') = replace(replace(b.value, ' ', ''), '+86', ''))"""
    assert count(medium, recycled) > 20
    assert count(medium, "identifiers WHERE until < since") == 0


def test_the_truth_names_people_of_the_tables_and_no_table_names_the_truth(medium: duckdb.DuckDBPyConnection) -> None:
    for name in ("rings", "groups", "default"):
        assert count(medium, f"truth_{name} WHERE person_id NOT IN (SELECT person_id FROM people)") == 0
    assert count(medium, "truth_rings JOIN truth_groups USING (person_id)") == 0
    assert count(medium, "labels WHERE ring_id IN (SELECT ring_id FROM truth_rings)") == 0
    owing = f"SELECT person_id FROM loans WHERE observed_at = {AS_OF} AND outstanding > 0"
    assert count(medium, f"truth_default WHERE person_id NOT IN ({owing})") == 0


def test_labels_know_some_members_of_some_rings(medium: duckdb.DuckDBPyConnection) -> None:
    rings = """(SELECT truth_rings.ring_id, count(*) FILTER (label = 'fraud') AS known, count(*) AS size
                FROM truth_rings LEFT JOIN labels USING (person_id) GROUP BY 1)"""
    known, whole = count(medium, f"{rings} WHERE known > 0"), count(medium, f"(FROM {rings})")
    assert 0.25 <= known / whole <= 0.95
    assert count(medium, "labels WHERE label = 'fraud' AND person_id NOT IN (SELECT person_id FROM truth_rings)") > 0


def test_default_truth_is_a_probability_that_comes_true(medium: duckdb.DuckDBPyConnection) -> None:
    mean, rate, low, high = medium.sql(
        """SELECT avg(default_probability), avg(defaulted_90d::int), min(default_probability),
           max(default_probability) FROM truth_default"""
    ).fetchall()[0]
    assert 0 < low < high < 1
    assert rate == pytest.approx(mean, abs=0.02)
