"""Every kind of bad input in the contract: what a user sees, and that the other rows load."""

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphfraud.errors import InputError, MissingColumnError
from graphfraud.schema import BY_NAME
from graphfraud.sources.reading import Known, RejectedTablesError

LONG_ID = "x" * 129
TIME = "2026-01-01T00:00:00Z"
NOT_TIME = "not a time (ISO 8601 UTC expected)"
NOT_DATE = "not a date (YYYY-MM-DD expected)"
OUT_OF_YEARS = "year outside 1900 to 2200"
PAYMENT = {
    "payment_id": "pay",
    "payer_id": "anna",
    "payer_kind": "person",
    "payee_id": "bo",
    "payee_kind": "person",
    "amount": "1.00",
    "at": TIME,
}
LOAN = {"loan_id": "loan", "person_id": "anna", "principal": "5", "outstanding": "5", "opened_at": TIME}
IDENTIFIER = {"person_id": "anna", "kind": "phone", "value": "13800138000"}
GOOD: dict[str, dict[str, str]] = {
    "people": {"person_id": "dora", "registered_at": TIME},
    "people_activity": {"person_id": "anna", "observed_at": TIME},
    "friendships": {"person_id": "anna", "friend_id": "bo"},
    "reports": {"reporter_id": "anna", "person_id": "bo", "at": TIME},
    "logins": {"person_id": "anna", "device_id": "d", "at": TIME},
    "payments": PAYMENT,
    "loans": LOAN,
    "identifiers": IDENTIFIER,
    "funding": {"loan_id": "loan", "partner_id": "bank", "share": "0.5"},
    "guarantees": {"guarantor_id": "anna", "person_id": "bo"},
    "labels": {"person_id": "anna", "label": "fraud", "at": TIME},
}
# table, what is changed in a good row, faulty column, value shown, reason
FAULTS: list[tuple[str, dict[str, str], str, str | None, str]] = [
    ("people", {"person_id": ""}, "person_id", None, "missing value"),
    ("people", {"person_id": LONG_ID}, "person_id", LONG_ID, "longer than 128 characters"),
    ("people", {"person_id": "a\0b"}, "person_id", "a␀b", "NUL byte"),
    ("people", {"registered_at": ""}, "registered_at", None, "missing value"),
    ("people", {"registered_at": "yesterday"}, "registered_at", "yesterday", NOT_TIME),
    ("people", {"registered_at": "2026-02-30T00:00:00Z"}, "registered_at", "2026-02-30T00:00:00Z", NOT_TIME),
    ("people", {"registered_at": "infinity"}, "registered_at", "infinity", NOT_TIME),
    ("people", {"registered_at": "epoch"}, "registered_at", "epoch", NOT_TIME),
    ("people", {"registered_at": "2026-01-01T00:00:00 UTC"}, "registered_at", "2026-01-01T00:00:00 UTC", NOT_TIME),
    ("people", {"registered_at": "1767225600"}, "registered_at", "1767225600", NOT_TIME),
    ("people", {"registered_at": "1899-12-31T23:59:59Z"}, "registered_at", "1899-12-31T23:59:59Z", OUT_OF_YEARS),
    ("people", {"registered_at": "2201-01-01"}, "registered_at", "2201-01-01", OUT_OF_YEARS),
    ("people", {"birth_date": "1990-13-01"}, "birth_date", "1990-13-01", NOT_DATE),
    ("people", {"birth_date": "1990-01-01T12:00:00Z"}, "birth_date", "1990-01-01T12:00:00Z", NOT_DATE),
    ("people", {"birth_date": "1890-01-01"}, "birth_date", "1890-01-01", OUT_OF_YEARS),
    (
        "people",
        {"occupation": "pirate"},
        "occupation",
        "pirate",
        "not one of salaried, self_employed, student, other",
    ),
    ("people", {"invited": "yes"}, "invited", "yes", "not true or false"),
    ("people_activity", {"person_id": "nobody"}, "person_id", "nobody", "unknown person"),
    ("people_activity", {"moments_30d": "-1"}, "moments_30d", "-1", "negative number"),
    ("people_activity", {"moments_30d": "1.5"}, "moments_30d", "1.5", "not a whole number"),
    ("people_activity", {"moments_30d": "many"}, "moments_30d", "many", "not a number"),
    ("people_activity", {"moments_30d": "1e16"}, "moments_30d", "1e16", "number above 9,000,000,000,000,000"),
    ("friendships", {"friend_id": "anna"}, "friend_id", "anna", "friend of oneself"),
    ("friendships", {"friend_id": "nobody"}, "friend_id", "nobody", "unknown person"),
    ("reports", {"reason": "x" * 4001}, "reason", "x" * 200, "longer than 4,000 characters"),
    ("logins", {"duration_s": "nan"}, "duration_s", "nan", "not a number"),
    ("logins", {"duration_s": "inf"}, "duration_s", "inf", "not a number"),
    ("logins", {"duration_s": "1e999"}, "duration_s", "1e999", "not a number"),
    ("logins", {"duration_s": "-0.1"}, "duration_s", "-0.1", "negative number"),
    ("logins", {"ip": LONG_ID}, "ip", LONG_ID, "longer than 128 characters"),
    ("payments", {"amount": "-1.00"}, "amount", "-1.00", "negative amount"),
    ("payments", {"amount": "-0.001"}, "amount", "-0.001", "negative amount"),
    ("payments", {"amount": "1,00"}, "amount", "1,00", "not a number"),
    ("payments", {"amount": "1_000"}, "amount", "1_000", "not a number"),
    ("payments", {"amount": "90000000000000.01"}, "amount", "90000000000000.01", "amount above 90 trillion yuan"),
    ("payments", {"payer_id": "nobody"}, "payer_id", "nobody", "unknown person"),
    ("payments", {"payer_id": "nobody", "payer_kind": ""}, "payer_id", "nobody", "unknown person"),
    ("payments", {"payee_kind": "robot"}, "payee_kind", "robot", "not one of person, merchant"),
    ("loans", {"person_id": "nobody"}, "person_id", "nobody", "unknown person"),
    ("loans", {"days_past_due": "-3"}, "days_past_due", "-3", "negative number"),
    ("funding", {"share": "1.01"}, "share", "1.01", "share outside 0 to 1"),
    ("guarantees", {"person_id": ""}, "person_id", None, "neither person_id nor loan_id given"),
    ("labels", {"label": "Fraud"}, "label", "Fraud", "not one of fraud, default, clean"),
    ("identifiers", {"value": ""}, "value", "(withheld)", "missing value"),
    ("identifiers", {"value": "138\0"}, "value", "(withheld)", "NUL byte"),
    ("identifiers", {"value": "9" * 4001}, "value", "(withheld)", "longer than 4,000 characters"),
    ("identifiers", {"kind": "fax"}, "kind", "fax", "not one of phone, card, address, national_id, email"),
    ("identifiers", {"person_id": "nobody"}, "person_id", "nobody", "unknown person"),
]


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    if path.suffix == ".parquet":
        pq.write_table(pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}), path)
    else:
        lines = [names] + [[f'"{row.get(name, "")}"' for name in names] for row in rows]
        path.write_text("".join(",".join(line) + "\n" for line in lines), newline="")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_each_fault_rejects_its_row_and_no_other(form: str, write: Any, read: Any) -> None:
    directory = write({})
    wanted = []
    for number, (table, change, column, value, reason) in enumerate(FAULTS):
        name = f"{table}-{number}.{form}"
        _write(directory / name, [GOOD[table], GOOD[table] | change, GOOD[table]])
        wanted.append(
            {"table": table, "file": name, "row": 2, "column": column, "value": value, "reason": reason},
        )
    with read(directory) as reading:
        assert sorted(reading.rejects.to_pylist(), key=str) == sorted(wanted, key=str)
        for table, rows in reading.rows_in.items():
            faulty = [fault for fault in FAULTS if fault[0] == table]
            assert (rows, reading.rejected[table]) == (3 * len(faulty) + 3 * (table == "people"), len(faulty))


@pytest.mark.parametrize(
    ("line", "shown", "reason"),
    [
        (b"chen", "chen", "too few columns"),
        (b"chen,2025-01-01,x", "chen,2025-01-01,x", "too many columns"),
        (b'"chen,2025-01-01', '"chen,2025-01-01', "unclosed quote"),
        (b'chen,"2025-01-01"Z', 'chen,"2025-01-01"Z', "unclosed quote"),
        (b"\xff" * 10, "\\xFF" * 10, "too few columns"),
        (b"\xe9\x99\x88" * 100, "陈" * 66, "too few columns"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_that_cannot_be_cut_costs_one_row(
    line: bytes, shown: str, reason: str, end: bytes, write: Any, read: Any
) -> None:
    before, after = [b"person_id,registered_at", b"anna,2025-01-01", b'bo,"2025-01-01"'], [b"dora,2025-01-02"] * 2
    with read(write({"people.csv": end.join([*before, line, *after])}, people=None)) as reading:
        (reject,) = reading.rejects.to_pylist()
        assert (reject["row"], reject["column"], reject["value"], reject["reason"]) == (3, "", shown, reason)
        assert reading.rows_in["people"] == 5
        assert reading.rows("people").count("*").fetchall() == [(3,)]


def test_an_unfinished_last_row_is_a_reject(write: Any, read: Any) -> None:
    with read(write({"people.csv": "person_id,registered_at\nanna,2025-01-01\nbo"}, people=None)) as reading:
        assert [row["row"] for row in reading.rejects.to_pylist()] == [2]


def test_broken_utf8_rejects_only_its_row(write: Any, read: Any, clean: Any) -> None:
    directory = write({"devices.csv": b"device_id,model\nd1,\xff\nd2,M\xc3\xbcller\n\xc3,x\n"})
    table = pa.table({"device_id": pa.array([b"d3", b"d\xff"]), "model": pa.array([b"\xc3\xbc", None])})
    text = pa.table([column.chunk(0).view(pa.string()) for column in table.columns], names=table.column_names)
    pq.write_table(text, directory / "devices.part1.parquet")
    with read(directory) as reading:
        faults = [(r["file"], r["row"], r["column"], r["value"], r["reason"]) for r in reading.rejects.to_pylist()]
        assert faults == [
            ("devices.csv", 1, "model", "\\xFF", "broken UTF-8"),
            ("devices.csv", 3, "device_id", "\\xC3", "broken UTF-8"),
            ("devices.part1.parquet", 2, "device_id", "d\\xFF", "broken UTF-8"),
        ]
        assert clean(reading, "devices")["model"].to_pylist() == ["Müller", "ü"]


def test_row_numbers_do_not_drift_behind_faults_and_blank_lines(write: Any, read: Any) -> None:
    content = 'person_id,friend_id\n\nanna,bo\n"two\nlines",bo\nanna\n\nanna,anna\n,\n'
    with read(write({"friendships.csv": content})) as reading:
        assert [(r["row"], r["reason"]) for r in reading.rejects.to_pylist()] == [
            (2, "unknown person"),
            (3, "too few columns"),
            (4, "friend of oneself"),
            (5, "missing value"),
            (5, "missing value"),
        ]
        assert reading.rejected == {"people": 0, "friendships": 4}


def test_several_faults_of_a_row_are_told_apart_and_count_once(write: Any, read: Any) -> None:
    content = "payment_id,payer_id,payee_id,payee_kind,amount,at\np,nobody,bo,person,-1,never\n"
    with read(write({"payments.csv": content})) as reading:
        assert [r["column"] for r in reading.rejects.to_pylist()] == ["payer_id", "amount", "at"]
        assert reading.rejected["payments"] == 1


def test_a_rejected_person_is_unknown_to_all_other_tables(write: Any, read: Any) -> None:
    people = "person_id,registered_at\nanna,2025-01-01\nbo,never\n"
    loans = f"loan_id,person_id,principal,outstanding,opened_at\nl1,bo,1,1,{TIME}\n"
    repayments = f"repayment_id,loan_id,amount,at\nr1,l1,1,{TIME}\n"
    with read(write({"loans.csv": loans, "repayments.csv": repayments}, people=people)) as reading:
        assert [(r["table"], r["reason"]) for r in reading.rejects.to_pylist()] == [
            ("people", NOT_TIME),
            ("loans", "unknown person"),
            ("repayments", "unknown loan"),
        ]


def test_ids_that_the_store_knows_may_be_named(write: Any, read: Any) -> None:
    files = {
        "friendships.csv": "person_id,friend_id\nold,older\n",
        "repayments.csv": f"repayment_id,loan_id,amount,at\nr1,l1,1,{TIME}\nr2,l2,1,{TIME}\n",
    }
    known = Known(pa.array(["old", "older"]), pa.array(["l1"]), loans_listed=True)
    with read(write(files, people=None), known=known) as reading:
        assert [(r["row"], r["value"], r["reason"]) for r in reading.rejects.to_pylist()] == [(2, "l2", "unknown loan")]


def test_without_a_table_of_loans_a_loan_comes_into_being(write: Any, read: Any) -> None:
    files = {"repayments.csv": f"repayment_id,loan_id,amount,at\nr1,l1,1,{TIME}\n"}
    with read(write(files)) as reading:
        assert reading.rejects.num_rows == 0


def test_things_that_no_table_lists_come_into_being(write: Any, read: Any) -> None:
    payments = f"payment_id,payer_id,payee_id,payee_kind,amount,at\np,anna,shop,merchant,1,{TIME}\n"
    logins = f"person_id,device_id,ip,at\nanna,d,10.0.0.1,{TIME}\n"
    with read(write({"payments.csv": payments, "logins.csv": logins, "devices.csv": "device_id\n"})) as reading:
        assert reading.rejects.num_rows == 0


def test_contradicting_rows_of_a_key_are_all_rejected(write: Any, read: Any, clean: Any) -> None:
    lists = (
        "list,target_kind,target_id,reason,from\n"
        "block,person,anna,one,2026-01-01\n"
        "block,person,anna,two,2026-01-01\n"
        "block,person,anna,one,2026-01-01\n"
        "watch,person,anna,one,2026-01-01\n"
    )
    with read(write({"lists.csv": lists})) as reading:
        rejects = reading.rejects.to_pylist()
        assert [(r["row"], r["column"], r["value"], r["reason"]) for r in rejects] == [
            (row, "list, target_kind, target_id", "block, person, anna", "conflicting rows for one key")
            for row in (1, 2, 3)
        ]
        assert clean(reading, "lists")["list"].to_pylist() == ["watch"]


def test_a_null_part_of_a_key_equals_a_null_part(write: Any, read: Any) -> None:
    guarantees = "guarantor_id,person_id,loan_id,amount\nanna,bo,,1\nanna,bo,,2\nanna,chen,,3\nanna,chen,,3.00\n"
    with read(write({"guarantees.csv": guarantees})) as reading:
        assert [r["row"] for r in reading.rejects.to_pylist()] == [1, 2]
        assert reading.collapsed["guarantees"] == 1


def test_a_faulty_row_does_not_contradict_a_good_one(write: Any, read: Any) -> None:
    people = "person_id,registered_at\nanna,2025-01-01\nanna,never\n"
    with read(write({}, people=people)) as reading:
        assert reading.rejected["people"] == 1
        assert reading.rows("people").count("*").fetchall() == [(1,)]


def test_equal_content_in_other_words_is_one_row(write: Any, read: Any, clean: Any) -> None:
    payments = (
        "payment_id,payer_id,payer_kind,payee_id,payee_kind,amount,at\n"
        "p,anna,person,bo,person,10.005,2026-01-01T00:00:00Z\n"
        "p,anna,,bo,person,10.01,2026-01-01\n"
        'p,anna,person,"bo",person,1001e-2,2026-01-01T08:00:00.000000+08:00\n'
        "p,anna,person,bo,person,+10.0100,2025-12-31 24:00\n"
    )
    friendships = "person_id,friend_id\nbo,anna\nanna,bo\n"
    phones = ("13800138000", "+86 138 0013 8000", "１３８００１３８０００")
    identifiers = "person_id,kind,value\n" + "".join(f"anna,phone,{phone}\n" for phone in phones)
    files = {"payments.csv": payments, "friendships.csv": friendships, "identifiers.csv": identifiers}
    with read(write(files)) as reading:
        assert reading.rejects.num_rows == 0
        assert reading.collapsed == {"people": 0, "friendships": 1, "identifiers": 2, "payments": 3}
        assert clean(reading, "payments")["amount"].to_pylist() == [1001]
        assert clean(reading, "friendships").select(["person_id", "friend_id"]).to_pylist() == [
            {"person_id": "anna", "friend_id": "bo"}
        ]


def test_an_undirected_pair_is_ordered_by_bytes(write: Any, read: Any, clean: Any) -> None:
    people = "person_id,registered_at\nZ,2025-01-01\na,2025-01-01\né,2025-01-01\n"
    with read(write({"friendships.csv": "person_id,friend_id\na,Z\né,a\n"}, people=people)) as reading:
        assert clean(reading, "friendships")["person_id"].to_pylist() == ["Z", "a"]


@pytest.mark.parametrize("table", sorted(GOOD))
def test_clean_rows_have_the_types_of_the_schema(table: str, write: Any, read: Any) -> None:
    directory = write({})
    _write(directory / f"{table}_2.csv", [GOOD[table]])
    with read(directory) as reading:
        assert reading.rejects.num_rows == 0
        assert reading.rows(table).to_arrow_table().schema.equals(BY_NAME[table].arrow)


def test_a_missing_column_is_named_with_what_was_found(write: Any, read: Any) -> None:
    with pytest.raises(MissingColumnError) as caught:
        read(write({"loans.csv": "loan_id,person,principal,outstanding,opened_at\n"}))
    assert str(caught.value) == (
        "loans.csv: required column person_id is missing; found: loan_id, person, principal, outstanding, opened_at. "
        "To cure it: add the column person_id (columns of loans: loan_id, person_id, lender_id, principal, "
        "outstanding, opened_at, due_at, closed_at, days_past_due, observed_at)."
    )


def test_absent_optional_columns_read_as_null_or_their_default(write: Any, read: Any, clean: Any) -> None:
    payments = f"payment_id,payer_id,payee_id,payee_kind,amount,at\np,anna,bo,person,1,{TIME}\n"
    with read(write({"payments.csv": payments})) as reading:
        row = clean(reading, "payments").to_pylist()[0]
        assert (row["payer_kind"], row["payer_account"], row["refunded_at"]) == ("person", None, None)


def test_undeclared_columns_and_files_are_left_out_and_told(write: Any, read: Any) -> None:
    devices = "colour,device_id,size\nred,d,\xff\n".encode("latin-1")
    files: dict[str, str | bytes] = {"devices.csv": devices, "notes.txt": "", "as_of.txt": "2026-01-01T00:00:00Z"}
    with read(write(files)) as reading:
        assert reading.undeclared == {"devices": ("colour", "size")}
        assert reading.ignored == ("notes.txt",)
        assert reading.rejects.num_rows == 0


def test_people_must_be_given_or_known(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match=r"no table people\. To cure it: add people\.csv or people\.parquet"):
        read(write({"devices.csv": "device_id\n"}, people=None))


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", b"device_id,model", b"device_id,model\r\n"])
def test_empty_files_have_no_rows(content: bytes, write: Any, read: Any) -> None:
    with read(write({"devices.csv": content, "devices-2.csv.gz": gzip.compress(content)})) as reading:
        assert reading.rows_in["devices"] == 0
        assert reading.rows("devices").count("*").fetchall() == [(0,)]


def test_byte_order_mark_and_mixed_line_ends_are_fine(write: Any, read: Any) -> None:
    content = '\ufeff"device_id",model\r\nd1,"5"" screen"\nd2,"two\r\nlines"\r\n'
    with read(write({"devices.csv": content})) as reading:
        rows = reading.rows("devices").order("device_id").to_arrow_table()
        assert rows["model"].to_pylist() == ['5" screen', "two\r\nlines"]


def _truncated_parquet() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"device_id": ["d"] * 1000}), sink)
    return bytes(sink.getvalue().to_pybytes()[:-20])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("devices.parquet", _truncated_parquet(), "the file is not Parquet, or it is damaged"),
        ("devices.parquet", b"", "the file is not Parquet, or it is damaged"),
        ("devices.csv.gz", gzip.compress(b"device_id\n" + b"d\n" * 9999)[:-30], "the file is not gzip, or it is cut"),
        ("devices.csv.gz", b"device_id\nd\n", "the file is not gzip"),
        ("devices.csv", "device_id\nd\n".encode("utf-16"), "the first line is not UTF-8, so it is no header"),
        ("devices.csv", b'"device_id\nd\n', "the first line cannot be cut into columns"),
        ("devices.csv", b"device_id\0\nd\n", "the first line holds NUL bytes"),
        ("devices.csv", b"device_id,device_id\nd,d\n", "column device_id is there twice"),
        ("devices.csv", b"device_id," + b"x," * 1000 + b"\n", "the first line has more than 1000 columns"),
        ("devices.csv", b"device_id" * 9999, "the first line is too long"),
        ("devices.csv", b"device_id\n" + b"d" * (17 << 20), "row 1 is longer than 16 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_a_file_that_cannot_be_read_is_named(name: str, content: bytes, message: str, write: Any, read: Any) -> None:
    with pytest.raises(InputError) as caught:
        read(write({name: content}))
    assert str(caught.value).startswith(f"{name}: {message}")


def test_a_dangling_link_is_named(write: Any, read: Any) -> None:
    directory = write({})
    (directory / "devices.csv").symlink_to(directory / "nowhere")
    with pytest.raises(InputError, match=r"devices\.csv: the file cannot be read \(No such file or directory\)"):
        read(directory)


@pytest.mark.parametrize(("limit", "refused"), [(0.1, False), (0.0999, True)])
def test_too_many_rejects_are_refused_with_their_list(limit: float, refused: bool, write: Any, read: Any) -> None:
    rows = "".join(f"d{number},{'x' if number else ''}\n" for number in range(9)) + ",x\n"
    directory = write({"devices.csv": "device_id,model\n" + rows})
    if not refused:
        read(directory, max_rejects=limit).close()
        return
    with pytest.raises(RejectedTablesError) as caught:
        read(directory, max_rejects=limit)
    assert str(caught.value) == (
        "more bad rows than --max-rejects 0.0999 allows, nothing was written; "
        "devices: 1 of 10 rows (10.00%), such as devices.csv row 10 (device_id: missing value). "
        "To cure it: correct these rows, or raise --max-rejects."
    )
    assert caught.value.rejects.num_rows == 1
    assert caught.value.exit_status == 3


def test_a_closed_reading_leaves_nothing_on_disk(write: Any, read: Any) -> None:
    reading = read(write({}))
    spill = Path(reading.spill.name)
    assert spill.stat().st_mode & 0o077 == 0
    reading.close()
    assert not spill.exists()
