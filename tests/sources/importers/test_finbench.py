import json
import random
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud import schema
from graphfraud.errors import InputError, MissingColumnError, RefusedError
from graphfraud.sources.importers.finbench import TABLES, import_finbench
from graphfraud.sources.importers.finbench_files import FINBENCH
from graphfraud.sources.importers.reconciliation import Reconciliation

Files = dict[str, list[str]]
Write = Callable[[Mapping[str, list[str]], Path], Path]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year to microsecond


def rows(out: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / f"{table}.parquet").to_pylist()
    return found


def dropped(whole: Reconciliation, file: str) -> dict[str, int]:
    [count] = [count for count in whole.files if count.file == f"{file}.csv"]
    return {drop.name: drop.rows for drop in count.dropped}


def rejects(out: Path) -> list[tuple[Any, ...]]:
    columns = ("file", "row", "column", "value", "reason")
    return [tuple(row[name] for name in columns) for row in rows(out / "import_rejects", "rejects")]


@pytest.fixture
def imported(tmp_path: Path, write: Write) -> Callable[[Files], tuple[Reconciliation, Path]]:
    """Imports a data set; the reconciliation and where the tables are."""

    def run(files: Files) -> tuple[Reconciliation, Path]:
        out = tmp_path / "out"
        return import_finbench(write(files, tmp_path / "source"), out), out

    return run


Imported = Callable[[Files], tuple[Reconciliation, Path]]


def test_people_and_companies_of_one_number_stay_apart(imported: Imported, files: Files) -> None:
    _, out = imported(files)
    assert rows(out, "people") == [
        {"person_id": "1", "registered_at": utc(2020, 1, 1, 8, 0, 0, 100000), "birth_date": date(1991, 12, 21)},
        {"person_id": "2", "registered_at": utc(2020, 1, 2, 8), "birth_date": None},
    ]
    assert rows(out, "merchants") == [{"merchant_id": "1", "category": 'Tea "House"'}]


def test_payments_go_between_the_owners_of_the_accounts(imported: Imported, files: Files) -> None:
    _, out = imported(files)
    columns = ("payment_id", "payer_id", "payer_kind", "payee_id", "payee_kind", "amount", "at")
    assert [tuple(row[name] for name in columns) for row in rows(out, "payments")] == [
        (
            "transfer:11:12:2020-03-02T08:00:00.000000Z",
            "1",
            "person",
            "1",
            "person",
            Decimal("7.00"),
            utc(2020, 3, 2, 8),
        ),
        (
            "transfer:11:21:2020-03-01T08:00:00.162000Z",
            *("1", "person", "2", "person"),
            Decimal("10.01"),
            utc(2020, 3, 1, 8, 0, 0, 162000),
        ),
        (
            "withdraw:21:31:2020-03-03T08:00:00.000000Z",
            *("2", "person", "1", "merchant"),
            Decimal("17000000.00"),
            utc(2020, 3, 3, 8),
        ),
    ]
    assert [row["payer_account"] for row in rows(out, "payments")] == ["11", "11", "21"]
    assert [row["payee_account"] for row in rows(out, "payments")] == ["12", "21", "31"]


def test_equal_payments_are_all_kept_and_told_apart_by_amount(imported: Imported, files: Files) -> None:
    line = "11|21|{}|2020-03-01 08:00:00.162|9|none|none|none"
    files["AccountTransferAccount"] += [line.format(9), line.format(9)]
    _, out = imported(files)
    name = "transfer:11:21:2020-03-01T08:00:00.162000Z"
    found = {row["payment_id"]: row["amount"] for row in rows(out, "payments")}
    assert [found[name], found[f"{name}:2"], found[f"{name}:3"]] == [Decimal(9), Decimal(9), Decimal("10.01")]


def test_halves_of_a_fen_are_rounded_away_from_zero(imported: Imported, files: Files) -> None:
    line = "11|21|{}|2020-03-0{} 09:00:00|9|none|none|none"
    cases = {
        "0.285": "0.29",
        "1.005": "1.01",
        "2.675": "2.68",
        "0.0049999": "0.00",
        "17693696.989343166": "17693696.99",
    }
    files["AccountTransferAccount"][1:] = [line.format(amount, day) for day, amount in enumerate(cases, 1)]
    _, out = imported(files)
    assert [str(row["amount"]) for row in rows(out, "payments")][: len(cases)] == list(cases.values())


def test_loans_of_people_only_and_what_hangs_on_them(imported: Imported, files: Files) -> None:
    whole, out = imported(files)
    assert rows(out, "loans") == [
        {
            "loan_id": "51",
            "person_id": "1",
            "lender_id": "Bank A",
            "principal": Decimal("1000.00"),
            "outstanding": Decimal("400.13"),
            "opened_at": utc(2020, 2, 1, 8),
        }
    ]
    assert rows(out, "lenders") == [{"lender_id": "Bank A"}]
    assert rows(out, "disbursements") == [
        {"loan_id": "51", "person_id": "1", "amount": Decimal("600.00"), "at": utc(2020, 2, 2, 8)}
    ]
    assert [(row["repayment_id"], row["payer_id"]) for row in rows(out, "repayments")] == [
        ("repay:12:51:2020-02-20T08:00:00.000000Z", "1"),
        ("repay:31:51:2020-02-21T08:00:00.000000Z", None),
    ]
    assert dropped(whole, "LoanDepositAccount") == {"loan of a company": 1}


def test_deposits_of_one_loan_at_one_instant_are_added(imported: Imported, files: Files) -> None:
    files["LoanDepositAccount"] += ["51|12|100.50|2020-02-02 08:00:00", "51|12|1|2020-02-02 08:00:00.001"]
    whole, out = imported(files)
    assert [(row["person_id"], row["amount"]) for row in rows(out, "disbursements")] == [
        ("1", Decimal("700.50")),
        ("1", Decimal("1.00")),
    ]
    assert dropped(whole, "LoanDepositAccount")["merged: same loan and instant"] == 1


def test_the_earliest_guarantee_of_a_pair_stays(imported: Imported, files: Files) -> None:
    files["PersonGuaranteePerson"] += ["2|1|2020-01-31 09:00:00|friend", "1|2|2020-03-01 09:00:00|friend"]
    whole, out = imported(files)
    assert rows(out, "guarantees") == [
        {"guarantor_id": "1", "person_id": "2", "at": utc(2020, 3, 1, 9)},
        {"guarantor_id": "2", "person_id": "1", "at": utc(2020, 1, 31, 9)},
    ]
    assert dropped(whole, "PersonGuaranteePerson") == {"merged: repeated guarantee": 1}


def test_behind_an_address_stands_a_device_of_the_account_alone(imported: Imported, files: Files) -> None:
    files["MediumSignInAccount"] += ["72|11|2020-03-01 07:30:00|Chengdu"]
    _, out = imported(files)
    assert [(row["person_id"], row["device_id"], row["ip"]) for row in rows(out, "logins")] == [
        ("1", "71", None),
        ("1", "account:11", "72"),
        ("2", "account:21", "72"),
    ]
    assert rows(out, "devices") == [
        {"device_id": "71", "model": "PHONE"},
        {"device_id": "account:11", "model": "unknown"},
        {"device_id": "account:21", "model": "unknown"},
    ]
    assert rows(out, "ips") == [{"ip": "72"}, {"ip": "73"}]


def test_one_login_a_person_device_and_time(imported: Imported, files: Files) -> None:
    files["MediumSignInAccount"] += [
        "73|21|2020-03-01 07:30:00|two addresses at once",
        "71|12|2020-03-01 07:00:00|the other account of the same person",
        "71|21|2020-03-01 07:00:00|another person",
    ]
    whole, out = imported(files)
    assert [(row["person_id"], row["device_id"], row["ip"]) for row in rows(out, "logins")] == [
        ("1", "71", None),
        ("2", "71", None),
        ("2", "account:21", "72"),
    ]
    assert dropped(whole, "MediumSignInAccount") == {"account of a company": 1, "merged: repeated login": 2}


def test_a_phone_belongs_to_the_person_since_the_earliest_account(imported: Imported, files: Files) -> None:
    whole, out = imported(files)
    assert rows(out, "identifiers") == [
        {"person_id": "1", "kind": "phone", "value": "487-8303", "since": utc(2020, 1, 2, 8)},
        {"person_id": "2", "kind": "phone", "value": "674-3173", "since": utc(2020, 1, 3, 8)},
    ]
    assert dropped(whole, "Account") == {"account of a company": 1, "merged: repeated phone": 1}


def test_the_older_format_without_optional_columns(imported: Imported, files: Files) -> None:
    for name, kept in (("Person", 4), ("Company", 4), ("Account", 4), ("PersonApplyLoan", 3)):
        files[name] = ["|".join(line.split("|")[:kept]) for line in files[name]]
    whole, out = imported(files)
    assert not (out / "identifiers.parquet").exists()
    assert not (out / "lenders.parquet").exists()
    assert rows(out, "loans")[0]["lender_id"] is None
    assert dropped(whole, "Account") == {"account without phone": 3, "account of a company": 1}


def test_the_as_of_is_the_latest_event_that_was_written(imported: Imported, files: Files) -> None:
    files["PersonInvestCompany"] += ["1|1|0.5|2024-01-01 08:00:00"]
    files["MediumSignInAccount"] += ["71|31|2023-01-01 08:00:00|of a company, so dropped"]
    files["AccountWithdrawAccount"] += ["21|31|1|2022-11-29 02:50:09.2834567"]
    whole, out = imported(files)
    assert whole.as_of == "2022-11-29T02:50:09.283456Z"
    assert (out / "as_of.txt").read_text() == "2022-11-29T02:50:09.283456Z\n"
    latest = max(row["at"] for row in rows(out, "payments"))
    assert latest <= datetime.fromisoformat(whole.as_of)


def test_times_with_an_offset_become_utc(imported: Imported, files: Files) -> None:
    files["PersonGuaranteePerson"][1] = "2|1|2020-02-01T09:00:00+08:00|friend"
    _, out = imported(files)
    assert rows(out, "guarantees")[0]["at"] == utc(2020, 2, 1, 1)


def test_what_touches_a_person_that_nobody_lists_is_dropped_by_name(imported: Imported, files: Files) -> None:
    files["Person"] = files["Person"][:2]
    files["PersonApplyLoan"] += ["2|54|2020-02-01 08:00:00|Bank C"]
    files["Loan"] += ["54|1.0|1.0|2020-02-01 08:00:00|travel|0.06"]
    files["LoanDepositAccount"] += ["51|21|1|2020-02-03 08:00:00", "54|11|1|2020-02-03 08:00:00"]
    files["AccountRepayLoan"] += ["21|51|1|2020-02-22 08:00:00"]
    whole, out = imported(files)
    assert [row["payment_id"][:14] for row in rows(out, "payments")] == ["transfer:11:12"]
    assert rows(out, "repayments")[1]["payer_id"] is None
    assert {row["lender_id"] for row in rows(out, "lenders")} == {"Bank A"}
    found = {count.file: dropped(whole, count.file[:-4]).get("unknown person", 0) for count in whole.files}
    assert {file: count for file, count in found.items() if count} == {
        "Account.csv": 1,
        "Loan.csv": 1,
        "PersonOwnAccount.csv": 1,
        "AccountTransferAccount.csv": 1,
        "AccountWithdrawAccount.csv": 1,
        "PersonApplyLoan.csv": 1,
        "LoanDepositAccount.csv": 2,
        "PersonGuaranteePerson.csv": 1,
        "MediumSignInAccount.csv": 1,
    }


def test_a_company_that_nobody_lists_stays(imported: Imported, files: Files) -> None:
    files["Company"] = files["Company"][:1]
    _, out = imported(files)
    assert [row["payee_kind"] for row in rows(out, "payments")] == ["person", "person", "merchant"]
    assert not (out / "merchants.parquet").exists()


def everything_dropped(files: Files) -> Files:
    """Rows for every name under which the importer drops."""
    files["Person"] += [files["Person"][1]]
    files["Account"] += [
        "13|2020-01-03 08:00:00|false|debit|a||hotmail.com|MAC|0|Basic",
        "99|2020-01-03 08:00:00|false|debit|a||hotmail.com|MAC|0|Basic",
    ]
    files["PersonOwnAccount"] += ["1|13|2020-01-03 08:00:00"]
    files["Loan"] += ["53|1.0|1.0|2020-02-01 08:00:00|travel|0.06"]
    files["LoanDepositAccount"] += ["51|11|1|2020-02-02 08:00:00", "53|11|1|2020-02-02 08:00:00"]
    files["AccountRepayLoan"] += ["11|54|1|2020-02-02 08:00:00"]
    files["PersonGuaranteePerson"] += ["2|1|2020-02-02 09:00:00|friend", "2|9|2020-02-02 09:00:00|friend"]
    files["MediumSignInAccount"] += ["79|11|2020-03-01 07:00:00|x", "71|11|2020-03-01 07:00:00|x"]
    files["AccountTransferAccount"] += ["11|99|1|2020-03-02 08:00:00|9|none|none|none"]
    return files


def test_every_drop_has_its_name_and_every_name_its_case(imported: Imported, files: Files) -> None:
    whole, _ = imported(everything_dropped(files))
    assert {drop.name for count in whole.files for drop in count.dropped} == set(FINBENCH.drops)
    assert dropped(whole, "AccountTransferAccount") == {"account without owner": 1}
    assert dropped(whole, "AccountRepayLoan") == {"unknown loan": 1}
    assert dropped(whole, "LoanDepositAccount") == {
        "loan of a company": 1,
        "loan without applicant": 1,
        "merged: same loan and instant": 1,
    }


def test_the_reconciliation_closes_on_what_is_on_disk(imported: Imported, files: Files) -> None:
    files["Person"] += ["3|Cy|false|no time|male||China|Chengdu"]
    whole, out = imported(everything_dropped(files))
    assert json.loads((out / "reconciliation.json").read_text()) == whole.as_json()
    for count in whole.files:
        assert count.rows_in == len(files[count.file.removesuffix(".csv")]) - 1
        assert count.rows_in == sum(count.out.values()) + count.rejected + sum(drop.rows for drop in count.dropped)
    for table in whole.tables:
        path = out / f"{table.table}.parquet"
        assert table.rows == (pq.read_metadata(path).num_rows if path.exists() else 0)
        assert table.rows == table.from_files + table.derived


def test_written_tables_are_of_the_contract(imported: Imported, files: Files) -> None:
    _, out = imported(files)
    for name in TABLES:
        table = schema.BY_NAME[name]
        found = pq.read_schema(out / f"{name}.parquet").names
        required = [column.name for column in table.columns if not column.optional]
        assert set(required) <= set(found) <= set(table.by_name)


BAD = {
    "time": ("Person", "3|Cy|false|yesterday|male||x|x", ("createTime", "yesterday", "not a time")),
    "endless time": ("Person", "3|Cy|false|infinity|male||x|x", ("createTime", "infinity", "not a time")),
    "date": ("Person", "3|Cy|false|2020-01-01|male|soon|x|x", ("birthday", "soon", "not a time")),
    "amount": ("LoanDepositAccount", "51|11|many|2020-01-01", ("amount", "many", "not an amount")),
    "no number": ("LoanDepositAccount", "51|11|nan|2020-01-01", ("amount", "nan", "not an amount")),
    "negative": ("LoanDepositAccount", "51|11|-0.001|2020-01-01", ("amount", "-0.001", "negative amount")),
    "empty": ("LoanDepositAccount", "51||1|2020-01-01", ("accountId", "", "empty")),
    "long": (
        "PersonGuaranteePerson",
        f"{'9' * 129}|1|2020-01-01|x",
        ("fromId", "9" * 129, "longer than 128 characters"),
    ),
    "NUL": ("PersonGuaranteePerson", "2\0|1|2020-01-01|x", ("fromId", "2\0", "holds a NUL byte")),
    "too few": ("PersonGuaranteePerson", "2|1|2020-01-01", (None, None, "expected 4 fields, found 3")),
    "too many": ("PersonGuaranteePerson", "2|1|2020-01-01|a|b", (None, None, "expected 4 fields, found 5")),
    "phone": ("Account", "14|2020-01-03|x|x|x|4\0|x|x|x|x", ("phonenum", None, "holds a NUL byte")),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_rejected_with_its_number_and_the_others_stay(imported: Imported, files: Files, case: str) -> None:
    file, line, (column, value, reason) = BAD[case]
    files[file].insert(1, line)
    whole, out = imported(files)
    assert rejects(out) == [(f"{file}.csv", 1, column, value, reason)]
    [count] = [count for count in whole.files if count.file == f"{file}.csv"]
    assert (count.rejected, count.unexplained) == (1, 0)


def test_rows_after_malformed_lines_keep_their_numbers(imported: Imported, files: Files) -> None:
    bad = ["x", "2|1|never|x", "x", "x", "2|1|2020-01-01|x", "2|1|never|x"]
    files["PersonGuaranteePerson"][1:] = bad
    _, out = imported(files)
    assert [(row, reason) for _, row, _, _, reason in rejects(out)] == [
        (1, "expected 4 fields, found 1"),
        (2, "not a time"),
        (3, "expected 4 fields, found 1"),
        (4, "expected 4 fields, found 1"),
        (6, "not a time"),
    ]


def test_a_blank_line_counts_as_a_row_and_is_rejected(imported: Imported, files: Files) -> None:
    files["PersonGuaranteePerson"].insert(1, "")
    whole, out = imported(files)
    assert {(row, reason) for _, row, _, _, reason in rejects(out)} == {(1, "empty")}
    assert [count.rejected for count in whole.files if count.rejected] == [1]


def test_broken_utf_8_is_rejected(tmp_path: Path, write: Write, files: Files) -> None:
    source = write(files, tmp_path / "source")
    with (source / "Company.csv").open("ab") as stream:
        stream.write(b"9|n|f|t|c|c|\xff\xfe|d|u\n9\xff|n|f|t|c|c|b|d|u\n8|n\xff|f|t|c|c|ok|d|u\n")
    import_finbench(source, tmp_path / "out")
    assert [(row, column, reason) for _, row, column, _, reason in rejects(tmp_path / "out")] == [
        (2, "business", "not UTF-8"),
        (3, "companyId", "not UTF-8"),
    ]
    assert [row["merchant_id"] for row in rows(tmp_path / "out", "merchants")] == ["1", "8"]


def test_a_stray_quotation_mark_swallows_nothing(imported: Imported, files: Files) -> None:
    files["AccountTransferAccount"].insert(1, '11|21|5|2020-03-05 08:00:00|9|"open|none|none')
    _, out = imported(files)
    assert len(rows(out, "payments")) == 4
    assert not (out / "import_rejects").exists()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks(tmp_path: Path, write: Write, files: Files, end: str, mark: str) -> None:
    source = write(files, tmp_path / "source")
    text = mark + end.join(files["Person"])
    (source / "Person.csv").write_bytes(text.encode())
    import_finbench(source, tmp_path / "out")
    assert [row["person_id"] for row in rows(tmp_path / "out", "people")] == ["1", "2"]


def test_a_carriage_return_inside_a_line_is_an_error(tmp_path: Path, write: Write, files: Files) -> None:
    source = write(files, tmp_path / "source")
    with (source / "Person.csv").open("ab") as stream:
        stream.write(b"3|C\ry|false|2020-01-01|male||x|x\n")
    with pytest.raises(InputError, match=r"3 lines after the header, but 4 rows were read.*carriage returns"):
        import_finbench(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_all_rows_of_one_key_with_different_content_are_rejected(imported: Imported, files: Files) -> None:
    files["Person"] += ["2|Bo|true|2020-01-09 08:00:00|male||China|Chengdu"]
    _, out = imported(files)
    assert [row["person_id"] for row in rows(out, "people")] == ["1"]
    assert rejects(out) == [("Person.csv", row, "personId", "2", "rows of one key differ") for row in (2, 3)]


def test_an_account_of_a_person_and_a_company_has_no_owner(imported: Imported, files: Files) -> None:
    files["CompanyOwnAccount"] += ["1|21|2020-01-03 08:00:00"]
    whole, out = imported(files)
    assert [(file, row) for file, row, *_ in rejects(out)] == [
        ("CompanyOwnAccount.csv", 2),
        ("PersonOwnAccount.csv", 3),
    ]
    assert dropped(whole, "AccountTransferAccount") == {"account without owner": 1}


def test_missing_files_are_named_with_what_was_found(tmp_path: Path, write: Write, files: Files) -> None:
    del files["Loan"], files["Medium"]
    source = write(files, tmp_path / "source")
    with pytest.raises(InputError, match=r"2 of 18 files are missing: Loan.csv, Medium.csv; found Account.csv, "):
        import_finbench(source, tmp_path / "out")
    with pytest.raises(InputError, match=r"18 of 18 files are missing.*found nothing"):
        import_finbench(tmp_path / "nowhere", tmp_path / "out")


def test_a_missing_column_is_named_with_what_was_found(tmp_path: Path, write: Write, files: Files) -> None:
    files["Loan"][0] = "loanId|amount|balance|createTime|loanUsage|interestRate"
    source = write(files, tmp_path / "source")
    with pytest.raises(MissingColumnError, match=r"Loan.csv: no column loanAmount; found loanId, amount, balance"):
        import_finbench(source, tmp_path / "out")
    (source / "Loan.csv").write_text("")
    with pytest.raises(MissingColumnError, match="found an empty file"):
        import_finbench(source, tmp_path / "out")


def test_no_person_left_is_an_error(tmp_path: Path, write: Write, files: Files) -> None:
    files["Person"] = files["Person"][:1]
    with pytest.raises(InputError, match="no person is left"):
        import_finbench(write(files, tmp_path / "source"), tmp_path / "out")
    assert list(tmp_path.glob("out*")) == []


def test_an_earlier_import_is_replaced_as_a_whole(tmp_path: Path, write: Write, files: Files) -> None:
    out = tmp_path / "out"
    import_finbench(write(files, tmp_path / "first"), out)
    files["Account"] = ["|".join(line.split("|")[:4]) for line in files["Account"]]
    import_finbench(write(files, tmp_path / "second"), out)
    assert not (out / "identifiers.parquet").exists()
    assert [path.name for path in tmp_path.glob("out*")] == ["out"]


@pytest.mark.parametrize("name", ["notes.txt", "people.parquet"])
def test_nothing_else_is_ever_replaced(tmp_path: Path, write: Write, files: Files, name: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("mine")
    with pytest.raises(RefusedError, match="not an earlier import"):
        import_finbench(write(files, tmp_path / "source"), out)
    assert (out / name).read_text() == "mine"


def test_unknown_columns_and_files_are_said(tmp_path: Path, write: Write, files: Files) -> None:
    files["Person"] = [f"{line}|{'mood' if at == 0 else 'good'}" for at, line in enumerate(files["Person"])]
    source = write({**files, "Robots": ["id"]}, tmp_path / "source")
    whole = import_finbench(source, tmp_path / "out")
    assert whole.files[0].undeclared == ("mood",)
    assert whole.unread == ("Robots.csv",)
    assert [count.undeclared for count in whole.files[1:]] == [()] * 17


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_the_rows_changes_no_byte(dataset: Callable[[], Files], write: Write, seed: int) -> None:
    files = everything_dropped(dataset())
    line = "11|21|{}|2020-03-01 08:00:00.162|9|none|none|none"
    files["AccountTransferAccount"] += [line.format(amount) for amount in (3, 1, 2, 1)]
    files["LoanDepositAccount"] += ["51|21|100.50|2020-02-02 08:00:00"]
    shuffled = {
        name: [lines[0], *random.Random(seed).sample(lines[1:], len(lines) - 1)] for name, lines in files.items()
    }
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        import_finbench(write(files, top / "a"), top / "out_a")
        import_finbench(write(shuffled, top / "b"), top / "out_b")
        assert contents(top / "out_a") == contents(top / "out_b")


def test_the_money_of_every_row_arrives(tmp_path: Path, write: Write, files: Files) -> None:
    """An oracle in plain SQL over the source, on more rows than one line of thought can follow."""
    chance = random.Random(7)
    accounts = ["11", "12", "21", "31"]
    line = "{}|{}|{:.2f}|2021-0{}-11 08:00:00"
    files["AccountWithdrawAccount"][1:] = [
        line.format(chance.choice(accounts), chance.choice(accounts), chance.uniform(0, 9), chance.randint(1, 9))
        for _ in range(3000)
    ]
    files["AccountTransferAccount"] = files["AccountTransferAccount"][:1]
    source = write(files, tmp_path / "source")
    import_finbench(source, tmp_path / "out")
    with duckdb.connect() as connection:
        expected = connection.execute(
            "SELECT fromId, count(*), sum(amount::DECIMAL(18, 2)) "
            "FROM read_csv($path, delim = '|', all_varchar = true) GROUP BY ALL ORDER BY ALL",
            {"path": str(source / "AccountWithdrawAccount.csv")},
        ).fetchall()
        found = connection.execute(
            "SELECT payer_account, count(*), sum(amount) FROM read_parquet($path) GROUP BY ALL ORDER BY ALL",
            {"path": str(tmp_path / "out" / "payments.parquet")},
        ).fetchall()
    assert found == expected


def test_the_document_holds_the_mapping() -> None:
    document = Path(__file__).parents[3] / "docs" / "import-finbench.md"
    assert FINBENCH.reference() in document.read_text(encoding="utf-8")
