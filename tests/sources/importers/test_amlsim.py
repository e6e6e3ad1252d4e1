import json
import random
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.errors import InputError, MissingColumnError, RefusedError
from graphfraud.sources.importers.amlsim import import_amlsim
from graphfraud.sources.importers.amlsim_files import AMLSIM
from graphfraud.sources.importers.reconciliation import Reconciliation

Files = dict[str, list[str]]
Write = Callable[[Mapping[str, list[str]], Path], Path]
Imported = Callable[[Files], tuple[Reconciliation, Path]]


def day(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year to day


def amlsim() -> Files:
    """Accounts 0 to 3: 2 is fraudulent from step 31 on, 3 without a time, and 1 pays itself."""
    return {
        "nodes": [
            "nodeid,isFraud,init_balance,fraudStep",
            "0,0,184.44,-1",
            "1,0,175.80,-1",
            "2,1,142.06,31",
            "3,1,125.89,-1",
        ],
        "transactions": [
            "sourceNodeId,targetNodeId,value,time",
            "0,1,147.8,1",
            "1,1,104.06,1",
            "2,3,183.775,31",
        ],
    }


@pytest.fixture(name="files")
def _files() -> Files:
    return amlsim()


@pytest.fixture
def imported(tmp_path: Path, write: Write) -> Imported:
    def run(files: Files) -> tuple[Reconciliation, Path]:
        out = tmp_path / "out"
        return import_amlsim(write(files, tmp_path / "source"), out), out

    return run


def rows(out: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / f"{table}.parquet").to_pylist()
    return found


def rejects(out: Path) -> list[tuple[Any, ...]]:
    columns = ("file", "row", "column", "value", "reason")
    return [tuple(row[name] for name in columns) for row in rows(out / "import_rejects", "rejects")]


def test_accounts_are_people_registered_before_every_payment(imported: Imported, files: Files) -> None:
    files["transactions"] += ["0,1,1.00,0"]
    _, out = imported(files)
    assert rows(out, "people") == [{"person_id": name, "registered_at": day(2017, 1, 1)} for name in "0123"]
    assert min(row["at"] for row in rows(out, "payments")) == day(2017, 1, 1)


def test_a_step_is_a_day_and_a_transaction_a_payment(imported: Imported, files: Files) -> None:
    _, out = imported(files)
    columns = ("payment_id", "payer_id", "payer_kind", "payee_id", "payee_kind", "amount", "at")
    assert [tuple(row[name] for name in columns) for row in rows(out, "payments")] == [
        ("transfer:0:1:1", "0", "person", "1", "person", Decimal("147.80"), day(2017, 1, 2)),
        ("transfer:1:1:1", "1", "person", "1", "person", Decimal("104.06"), day(2017, 1, 2)),
        ("transfer:2:3:31", "2", "person", "3", "person", Decimal("183.78"), day(2017, 2, 1)),
    ]
    assert (out / "as_of.txt").read_text() == "2017-02-01T00:00:00Z\n"


def test_fraud_is_truth_and_stands_in_no_table(imported: Imported, files: Files) -> None:
    _, out = imported(files)
    assert rows(out / "truth", "truth_accounts") == [
        {"account_id": "0", "person_id": "0", "is_fraud": False, "fraud_at": None},
        {"account_id": "1", "person_id": "1", "is_fraud": False, "fraud_at": None},
        {"account_id": "2", "person_id": "2", "is_fraud": True, "fraud_at": day(2017, 2, 1)},
        {"account_id": "3", "person_id": "3", "is_fraud": True, "fraud_at": None},
    ]
    assert sorted(path.name for path in out.iterdir()) == [
        "as_of.txt",
        "payments.parquet",
        "people.parquet",
        "reconciliation.json",
        "truth",
    ]


def test_the_tables_are_the_same_whoever_is_fraudulent(tmp_path: Path, write: Write, files: Files) -> None:
    other = {**files, "nodes": [files["nodes"][0], "0,1,1,5", "1,1,2,6", "2,0,3,-1", "3,0,4,-1"]}
    import_amlsim(write(files, tmp_path / "a"), tmp_path / "out_a")
    import_amlsim(write(other, tmp_path / "b"), tmp_path / "out_b")
    changed = {
        name for name, content in contents(tmp_path / "out_a").items() if contents(tmp_path / "out_b")[name] != content
    }
    assert changed == {"truth/truth_accounts.parquet"}


def test_equal_transactions_are_all_kept_and_told_apart_by_amount(imported: Imported, files: Files) -> None:
    files["transactions"] += ["0,1,9,1", "0,1,9.00,01", "0,1,9,2"]
    _, out = imported(files)
    found = {row["payment_id"]: row["amount"] for row in rows(out, "payments") if row["payer_id"] == "0"}
    assert found == {
        "transfer:0:1:1": Decimal(9),
        "transfer:0:1:1:2": Decimal(9),
        "transfer:0:1:1:3": Decimal("147.80"),
        "transfer:0:1:2": Decimal(9),
    }


def test_flags_may_be_words_and_the_step_of_fraud_may_be_absent(imported: Imported, files: Files) -> None:
    files["nodes"] = ["nodeid,isFraud", "0,False", "1,TRUE", "2,true", "3,0"]
    _, out = imported(files)
    assert [(row["is_fraud"], row["fraud_at"]) for row in rows(out / "truth", "truth_accounts")] == [
        (False, None),
        (True, None),
        (True, None),
        (False, None),
    ]


def test_windows_line_ends_change_nothing(tmp_path: Path, write: Write, files: Files) -> None:
    source = write(files, tmp_path / "a")
    import_amlsim(source, tmp_path / "out_a")
    for path in source.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    import_amlsim(source, tmp_path / "out_b")
    assert contents(tmp_path / "out_a") == contents(tmp_path / "out_b")


STEP = "not a step: a whole number of days from 0"
BAD = {
    "flag": ("nodes", "9,maybe,1,-1", ("isFraud", "maybe", "not 0, 1, true or false")),
    "no flag": ("nodes", "9,,1,-1", ("isFraud", "", "empty")),
    "step of fraud": ("nodes", "9,1,1,-2", ("fraudStep", "-2", f"{STEP}, or -1 for none")),
    "time": ("transactions", "0,1,1,soon", ("time", "soon", STEP)),
    "half a step": ("transactions", "0,1,1,1.5", ("time", "1.5", STEP)),
    "before the origin": ("transactions", "0,1,1,-1", ("time", "-1", STEP)),
    "beyond a century": ("transactions", "0,1,1,36526", ("time", "36526", STEP)),
    "beyond all numbers": ("transactions", f"0,1,1,{'9' * 30}", ("time", "9" * 30, STEP)),
    "no time": ("transactions", "0,1,1,", ("time", "", "empty")),
    "amount": ("transactions", "0,1,much,1", ("value", "much", "not an amount")),
    "negative": ("transactions", "0,1,-1,1", ("value", "-1", "negative amount")),
    "too few": ("transactions", "0,1,1", (None, None, "expected 4 fields, found 3")),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_rejected_with_its_number_and_the_others_stay(imported: Imported, files: Files, case: str) -> None:
    file, line, (column, value, reason) = BAD[case]
    files[file].insert(1, line)
    whole, out = imported(files)
    assert rejects(out) == [(f"{file}.csv", 1, column, value, reason)]
    assert [count.unexplained for count in whole.files] == [0, 0]
    assert (len(rows(out, "people")), len(rows(out, "payments"))) == (4, 3)


def test_the_last_step_of_a_century_is_a_step(imported: Imported, files: Files) -> None:
    files["transactions"] += ["0,1,1,36525"]
    whole, _ = imported(files)
    assert whole.as_of == "2117-01-02T00:00:00Z"


def test_every_drop_has_its_name_and_every_name_its_case(imported: Imported, files: Files) -> None:
    files["nodes"] += ["3,1,7.00,-1"]
    files["transactions"] += ["0,7,1,1", "7,0,1,1"]
    whole, out = imported(files)
    found = {count.file: {drop.name: drop.rows for drop in count.dropped} for count in whole.files}
    assert found == {"nodes.csv": {"repeated row": 1}, "transactions.csv": {"unknown person": 2}}
    assert {name for drops in found.values() for name in drops} == set(AMLSIM.drops)
    assert json.loads((out / "reconciliation.json").read_text()) == whole.as_json()
    assert [count.rows_in for count in whole.files] == [5, 5]


def test_accounts_of_one_id_that_differ_are_all_rejected(imported: Imported, files: Files) -> None:
    files["nodes"] += ["3,0,125.89,-1"]
    whole, out = imported(files)
    assert [row["person_id"] for row in rows(out, "people")] == ["0", "1", "2"]
    assert [row["person_id"] for row in rows(out / "truth", "truth_accounts")] == ["0", "1", "2"]
    assert [(count.rejected, len(count.dropped)) for count in whole.files] == [(2, 0), (0, 1)]


def test_a_missing_file_or_column_is_named(tmp_path: Path, write: Write, files: Files) -> None:
    source = write(files, tmp_path / "source")
    (source / "nodes.csv").write_text("nodeid,fraud\n1,0\n")
    with pytest.raises(MissingColumnError, match=r"nodes.csv: no column isFraud; found nodeid, fraud"):
        import_amlsim(source, tmp_path / "out")
    (source / "nodes.csv").rename(source / "accounts.csv")
    with pytest.raises(InputError, match=r"1 of 2 files are missing: nodes.csv; found accounts.csv, transactions.csv"):
        import_amlsim(source, tmp_path / "out")
    assert list(tmp_path.glob("out*")) == []


def test_an_earlier_import_is_replaced_with_its_truth(tmp_path: Path, write: Write, files: Files) -> None:
    out = tmp_path / "out"
    import_amlsim(write(files, tmp_path / "source"), out)
    files["nodes"] = [*files["nodes"][:3]]
    import_amlsim(write(files, tmp_path / "source"), out)
    assert len(rows(out / "truth", "truth_accounts")) == 2
    assert [path.name for path in tmp_path.glob("out*")] == ["out"]


@pytest.mark.parametrize("name", ["notes.txt", "truth/notes.txt"])
def test_nothing_else_is_ever_replaced(tmp_path: Path, write: Write, files: Files, name: str) -> None:
    out = tmp_path / "out"
    source = write(files, tmp_path / "source")
    import_amlsim(source, out)
    (out / name).write_text("mine")
    with pytest.raises(RefusedError, match=f"not an earlier import; it holds {name}"):
        import_amlsim(source, out)
    assert (out / name).read_text() == "mine"
    assert len(rows(out, "people")) == 4


def test_a_world_is_not_taken_for_an_import(tmp_path: Path, write: Write, files: Files) -> None:
    out = tmp_path / "out"
    (out / "truth").mkdir(parents=True)
    with pytest.raises(RefusedError, match="not an earlier import; it holds truth"):
        import_amlsim(write(files, tmp_path / "source"), out)


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_the_rows_changes_no_byte(write: Write, seed: int) -> None:
    files = amlsim()
    files["transactions"] += [f"0,1,{amount},1" for amount in (3, 1, 2, 1)]
    shuffled = {
        name: [lines[0], *random.Random(seed).sample(lines[1:], len(lines) - 1)] for name, lines in files.items()
    }
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        import_amlsim(write(files, top / "a"), top / "out_a")
        import_amlsim(write(shuffled, top / "b"), top / "out_b")
        assert contents(top / "out_a") == contents(top / "out_b")


def test_the_document_holds_the_mapping() -> None:
    document = Path(__file__).parents[3] / "docs" / "import-amlsim.md"
    assert AMLSIM.reference() in document.read_text(encoding="utf-8")
