"""Parquet columns of any sensible type say the same as the text of a CSV."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphfraud.errors import InputError
from graphfraud.schema import BY_NAME, Column
from graphfraud.sources.files import Form, TableFile
from graphfraud.sources.physical import BYTES, MICROS, NO_MOMENT, TEXT, plain

AT = datetime(2026, 1, 31, 13, 45, tzinfo=UTC)
AMOUNT = BY_NAME["payments"].by_name["amount"]
TIME = BY_NAME["payments"].by_name["at"]
BIRTH = BY_NAME["people"].by_name["birth_date"]
PERSON = BY_NAME["people"].by_name["person_id"]
LABEL = BY_NAME["labels"].by_name["label"]


def _plain(array: pa.Array, column: Column, directory: Any) -> pa.Array:
    return plain(array, column, TableFile("t", directory, "t.parquet", Form.PARQUET))


@pytest.mark.parametrize(
    ("array", "column", "wanted"),
    [
        (pa.array([7, None]), PERSON, ["7", None]),
        (pa.array([7], pa.uint8()), PERSON, ["7"]),
        (pa.array([7.0, None, 1e15]), PERSON, ["7", None, "1000000000000000"]),
        (pa.array([7.5, float("nan")]), PERSON, ["7.5", "nan"]),
        (pa.array([10.005, 0.1]), AMOUNT, ["10.005", "0.1"]),
        (pa.array([10.5], pa.float32()), AMOUNT, ["10.5"]),
        (pa.array([Decimal("10.50")], pa.decimal128(12, 2)), AMOUNT, ["10.50"]),
        (pa.array([True, None]), PERSON, ["true", None]),
        (pa.array(["fraud", "fraud"]).dictionary_encode(), LABEL, ["fraud", "fraud"]),
        (pa.array(["ü"], pa.large_string()), PERSON, ["ü"]),
        (pa.array(["ü"], pa.string_view()), PERSON, ["ü"]),
        (pa.array([b"\xc3\xbc"], pa.large_binary()), PERSON, ["ü"]),
        (pa.array([None], pa.null()), PERSON, [None]),
        (pa.array([date(2026, 1, 31)]), PERSON, ["2026-01-31"]),
    ],
)
def test_values_become_text(array: pa.Array, column: Column, wanted: list[str | None], tmp_path: Any) -> None:
    made = _plain(array, column, tmp_path)
    assert (made.type, made.to_pylist()) == (TEXT, wanted)


def test_text_with_a_broken_value_stays_bytes(tmp_path: Any) -> None:
    made = _plain(pa.array([b"a", b"\xff", None]), PERSON, tmp_path)
    assert (made.type, made.to_pylist()) == (BYTES, [b"a", b"\xff", None])


@pytest.mark.parametrize(
    ("array", "wanted"),
    [
        (pa.array([AT, None], pa.timestamp("s")), [AT.timestamp() * 1e6, None]),
        (pa.array([AT], pa.timestamp("ms", "Asia/Shanghai")), [AT.timestamp() * 1e6]),
        (pa.array([AT], pa.timestamp("us", "UTC")), [AT.timestamp() * 1e6]),
        (pa.array([1999, -1, -1000], pa.timestamp("ns")), [1, -1, -1]),
        (pa.array([date(1970, 1, 2)]), [86_400_000_000]),
        (pa.array([date(1970, 1, 2)], pa.date64()), [86_400_000_000]),
        (pa.array([10**15, -(2**63)], pa.timestamp("s")), [NO_MOMENT, NO_MOMENT]),
        (pa.array([2**62], pa.timestamp("ms")), [NO_MOMENT]),
    ],
)
def test_times_become_microseconds(array: pa.Array, wanted: list[float | None], tmp_path: Any) -> None:
    made = _plain(array, TIME, tmp_path)
    assert (made.type, made.to_pylist()) == (MICROS, wanted)


@pytest.mark.parametrize(
    ("array", "column"),
    [
        (pa.array([["a"]]), PERSON),
        (pa.array([{"a": 1}]), PERSON),
        (pa.array([1], pa.duration("s")), TIME),
        (pa.array([AT]), AMOUNT),
    ],
)
def test_other_types_are_an_error_that_names_the_column(array: pa.Array, column: Column, tmp_path: Any) -> None:
    with pytest.raises(InputError, match=rf"t\.parquet: column {column.name} holds .*, which cannot be read as"):
        _plain(array, column, tmp_path)


def test_typed_parquet_equals_csv(write: Any, read: Any, clean: Any) -> None:
    people = (
        "person_id,registered_at,birth_date,occupation,invited\n"
        "7,2026-01-31T13:45:00Z,1990-02-03,student,TRUE\n8,2026-01-31T13:45:00Z,,,\n"
    )
    payments = (
        "payment_id,payer_id,payee_id,payee_kind,amount,at,refunded_at\n"
        "1,7,8,person,10.01,2026-01-31T13:45:00Z,\n2,8,7,person,0.10,2026-01-31T13:45:00.123456Z,2026-02-01\n"
    )
    typed_people = {
        "person_id": pa.array([7, 8]),
        "registered_at": pa.array([AT, AT], pa.timestamp("ns", "Asia/Shanghai")),
        "birth_date": pa.array([datetime(1990, 2, 3), None], pa.timestamp("ns")),
        "occupation": pa.array(["student", None]).dictionary_encode(),
        "invited": pa.array([True, None]),
    }
    fine = datetime(2026, 1, 31, 13, 45, 0, 123456)
    typed_payments = {
        "payment_id": pa.array(["1", "2"], pa.large_string()),
        "payer_id": pa.array([7, 8], pa.int32()),
        "payee_id": pa.array([8.0, 7.0]),
        "payee_kind": pa.array([b"person", b"person"]),
        "amount": pa.array([10.005, 0.1]),
        "at": pa.array([AT.replace(tzinfo=None), fine], pa.timestamp("us")),
        "refunded_at": pa.array([None, date(2026, 2, 1)]),
    }
    directory = write({"payments.csv": payments}, people=people)
    pq.write_table(pa.table(typed_people), directory / "people.parquet")
    pq.write_table(pa.table(typed_payments), directory / "payments.parquet")
    with read(directory) as both:
        assert both.rejects.num_rows == 0
        assert both.collapsed == {"people": 2, "payments": 2}
        rows = clean(both, "payments")
        assert rows["amount"].to_pylist() == [1001, 10]
        assert rows["at"].cast(pa.int64()).to_pylist() == [1769867100000000, 1769867100123456]


@pytest.mark.parametrize(
    ("column", "array", "shown", "reason"),
    [
        ("registered_at", pa.array([10**15], pa.timestamp("s")), "beyond any year", "year outside 1900 to 2200"),
        ("registered_at", pa.array([None], pa.timestamp("us")), None, "missing value"),
        ("registered_at", pa.array([1_700_000_000]), "1700000000", "not a time (ISO 8601 UTC expected)"),
        ("birth_date", pa.array([AT]), "2026-01-31T13:45:00.000000Z", "not a date (YYYY-MM-DD expected)"),
        ("birth_date", pa.array([date(1850, 1, 1)]), "1850-01-01T00:00:00.000000Z", "year outside 1900 to 2200"),
        ("invited", pa.array([2]), "2", "not true or false"),
        ("person_id", pa.array([""]), None, "missing value"),
    ],
)
def test_typed_faults_are_told(column: str, array: pa.Array, shown: str, reason: str, write: Any, read: Any) -> None:
    directory = write({})
    good = {"person_id": pa.array(["dora"]), "registered_at": pa.array([AT])}
    pq.write_table(pa.table(good | {column: array}), directory / "people.parquet")
    with read(directory) as reading:
        (reject,) = reading.rejects.to_pylist()
        assert (reject["row"], reject["column"], reject["value"], reject["reason"]) == (1, column, shown, reason)
