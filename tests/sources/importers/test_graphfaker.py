import random
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud import schema
from graphfraud.errors import InputError, MissingColumnError, RefusedError
from graphfraud.sources.importers.graphfaker import TABLES, import_graphfaker
from graphfraud.sources.importers.graphfaker_files import GRAPHFAKER, GRAPHFAKER_WITH_TRUTH
from graphfraud.sources.importers.reconciliation import Reconciliation

Rows = list[dict[str, Any]]
Files = dict[str, Rows]
Imported = Callable[[Files], tuple[Reconciliation, Path]]


def account(name: str, opened: date) -> dict[str, Any]:
    return {"id": name, "customer": "?", "account_type": "checking", "balance": 1.0, "opened_at": opened}


def paid(tx: str, source: str, target: str, amount: float, at: datetime) -> dict[str, Any]:
    return {"source": source, "target": target, "tx_id": tx, "timestamp": at, "amount": amount, "memo": ""}


def member(name: str, pattern: str, typology: str, role: str, *, fraud: bool) -> dict[str, Any]:
    return {"account_id": name, "pattern_id": pattern, "typology": typology, "role": role, "is_fraud": fraud}


def graphfaker() -> Files:
    """Anna (c1) owns a1 and a2, Bo (c2) a3, Cy (c3) nothing; p1 is a ring of Anna and Bo, p2 their decoy."""
    moment = datetime(2024, 1, 4, 21)
    return {
        "nodes/Customer": [
            {
                "id": "c1",
                "name": "Anna",
                "date_of_birth": date(1990, 5, 1),
                "email": "a@example.org",
                "phone": "555-1",
                "street": "1 High St",
                "city": "Leeds",
            },
            {
                "id": "c2",
                "name": "Bo",
                "date_of_birth": None,
                "email": "",
                "phone": "555-1",
                "street": None,
                "city": "York",
            },
            {"id": "c3", "name": "Cy"},
        ],
        "nodes/Account": [
            account("a1", date(2023, 7, 10)),
            account("a2", date(2023, 3, 1)),
            account("a3", date(2024, 1, 2)),
        ],
        "nodes/Merchant": [{"id": "m1", "name": "Tea", "category": "grocery"}],
        "nodes/Counterparty": [{"id": "w1", "name": "Far", "country": "LC", "iban": "X"}],
        "nodes/Device": [{"id": "d1", "device_type": "mobile", "os": "ios", "first_seen": date(2023, 1, 1)}],
        "edges/OWNS": [
            {"source": "c1", "target": "a1", "since": date(2023, 7, 10)},
            {"source": "c1", "target": "a2", "since": date(2023, 3, 1)},
            {"source": "c2", "target": "a3", "since": date(2024, 1, 2)},
        ],
        "edges/USES": [
            {"source": "c1", "target": "d1", "first_seen": date(2023, 1, 1)},
            {"source": "c2", "target": "d1", "first_seen": date(2024, 2, 1)},
        ],
        "edges/TRANSFERS": [
            paid("t1", "a1", "a3", 10.005, moment),
            paid("t2", "a1", "a2", 7.0, moment + timedelta(days=1)),
        ],
        "edges/PAYS": [paid("t3", "a3", "m1", 5.5, datetime(2024, 1, 1, 3))],
        "edges/WIRES": [paid("t4", "a3", "w1", 99.99, datetime(2024, 3, 1, 0, 0, 0, 5))],
        "truth/accounts": [
            member("a1", "p1", "cycle", "hop", fraud=True),
            member("a2", "p1", "cycle", "origin", fraud=True),
            member("a3", "p1", "cycle", "hop", fraud=True),
            member("a1", "p2", "fan_out", "employer", fraud=False),
            member("a3", "p2", "fan_out", "employee", fraud=False),
            member("a3", "p3", "bust_out", "buster", fraud=True),
        ],
    }


def write(files: Files, directory: Path) -> Path:
    for name, content in files.items():
        path = directory / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        names = dict.fromkeys(key for row in content for key in row)
        pq.write_table(pa.table({key: [row.get(key) for row in content] for key in names}), path)
    return directory


def rows(out: Path, table: str) -> Rows:
    found: Rows = pq.read_table(out / f"{table}.parquet").to_pylist()
    return found


def picked(out: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for row in rows(out, table)]


def rejects(out: Path) -> list[tuple[Any, ...]]:
    return picked(out / "import_rejects", "rejects", "file", "row", "column", "value", "reason")


def dropped(whole: Reconciliation) -> dict[str, dict[str, int]]:
    found = {count.file: {drop.name: drop.rows for drop in count.dropped} for count in whole.files}
    return {file: drops for file, drops in found.items() if drops}


@pytest.fixture(name="files")
def _files() -> Files:
    return graphfaker()


@pytest.fixture
def imported(tmp_path: Path) -> Imported:
    def run(files: Files) -> tuple[Reconciliation, Path]:
        out = tmp_path / "out"
        return import_graphfaker(write(files, tmp_path / "source"), out), out

    return run


def test_customers_are_people_since_anything_is_known_of_them(imported: Imported, files: Files) -> None:
    _, out = imported(files)
    assert rows(out, "people") == [
        {"person_id": "c1", "registered_at": datetime(2023, 1, 1, tzinfo=UTC), "birth_date": date(1990, 5, 1)},
        {"person_id": "c2", "registered_at": datetime(2024, 1, 1, 3, tzinfo=UTC), "birth_date": None},
        {"person_id": "c3", "registered_at": datetime(2023, 1, 1, tzinfo=UTC), "birth_date": None},
    ]


def test_money_received_registers_its_receiver_too(imported: Imported, files: Files) -> None:
    files["edges/TRANSFERS"] += [paid("t5", "a1", "a3", 1.0, datetime(2023, 12, 31))]
    _, out = imported(files)
    assert rows(out, "people")[1]["registered_at"] == datetime(2023, 12, 31, tzinfo=UTC)


def test_identifiers_are_what_each_customer_gives(imported: Imported, files: Files) -> None:
    files["nodes/Customer"][2]["national_id"] = "AB 12"
    _, out = imported(files)
    assert picked(out, "identifiers", "person_id", "kind", "value") == [
        ("c1", "address", "1 High St, Leeds"),
        ("c1", "email", "a@example.org"),
        ("c1", "phone", "555-1"),
        ("c2", "phone", "555-1"),
        ("c3", "national_id", "AB 12"),
    ]


def test_transfers_go_between_owners_and_the_rest_to_merchants(imported: Imported, files: Files) -> None:
    whole, out = imported(files)
    columns = ("payment_id", "payer_id", "payee_kind", "payee_id", "payer_account", "payee_account", "amount")
    assert picked(out, "payments", *columns) == [
        ("t1", "c1", "person", "c2", "a1", "a3", Decimal("10.01")),
        ("t2", "c1", "person", "c1", "a1", "a2", Decimal("7.00")),
        ("t3", "c2", "merchant", "m1", "a3", None, Decimal("5.50")),
        ("t4", "c2", "merchant", "w1", "a3", None, Decimal("99.99")),
    ]
    assert rows(out, "merchants") == [
        {"merchant_id": "m1", "category": "grocery"},
        {"merchant_id": "w1", "category": "counterparty"},
    ]
    assert whole.as_of == "2024-03-01T00:00:00.000005Z"


def test_a_device_is_logged_in_to_on_the_day_it_was_first_seen_with_each(imported: Imported, files: Files) -> None:
    _, out = imported(files)
    assert picked(out, "logins", "person_id", "device_id", "at") == [
        ("c1", "d1", datetime(2023, 1, 1, tzinfo=UTC)),
        ("c2", "d1", datetime(2024, 2, 1, tzinfo=UTC)),
    ]
    assert rows(out, "devices") == [{"device_id": "d1", "model": "mobile", "os": "ios"}]


def test_rings_and_decoys_are_truth_of_their_owners_each_once(imported: Imported, files: Files) -> None:
    _, out = imported(files)
    assert sorted(rows(out / "truth", "truth_rings"), key=lambda row: row["person_id"]) == [
        {
            "ring_id": "p1",
            "person_id": "c1",
            "kind": "transfer_cycle",
            "role": "organiser",
            "typology": "cycle",
            "source_role": "origin",
        },
        {
            "ring_id": "p1",
            "person_id": "c2",
            "kind": "transfer_cycle",
            "role": "mule",
            "typology": "cycle",
            "source_role": "hop",
        },
    ]
    assert picked(out / "truth", "truth_groups", "group_id", "person_id", "kind", "source_role") == [
        ("p2", "c1", "fan_out", "employer"),
        ("p2", "c2", "fan_out", "employee"),
    ]
    assert rows(out / "truth", "truth_default") == []


def test_a_pattern_of_one_person_is_no_ring_but_its_account_is_known(imported: Imported, files: Files) -> None:
    files["truth/accounts"] += [member(name, "p4", "stack", "hop", fraud=True) for name in ("a1", "a2")]
    files["truth/accounts"] += [member("zz", "p5", "stack", "hop", fraud=True)]
    _, out = imported(files)
    assert {row["ring_id"] for row in rows(out / "truth", "truth_rings")} == {"p1"}
    found = picked(out / "truth", "truth_accounts", "account_id", "person_id", "pattern_id")
    assert {row for row in found if row[2] in {"p3", "p4", "p5"}} == {
        ("a3", "c2", "p3"),
        ("a1", "c1", "p4"),
        ("a2", "c1", "p4"),
        ("zz", None, "p5"),
    }


KINDS = {
    "cycle": "transfer_cycle",
    "synthetic_identity": "shared_identity",
    "mule_network": "mule_chain",
    "stack": "mule_chain",
    "gather_scatter": "mule_chain",
    "scatter_gather": "mule_chain",
    "fan_in": "unknown",
    "fan_out": "unknown",
    "bipartite": "unknown",
    "structuring": "unknown",
    "bust_out": "unknown",
}


def test_every_typology_keeps_its_name_beside_a_kind_of_the_contract(imported: Imported, files: Files) -> None:
    files["truth/accounts"] = [
        member(name, typology, typology, "hop", fraud=True) for typology in KINDS for name in ("a1", "a3")
    ]
    _, out = imported(files)
    assert {row["typology"]: row["kind"] for row in rows(out / "truth", "truth_rings")} == KINDS


def test_the_tables_are_the_same_whatever_the_truth(tmp_path: Path, files: Files) -> None:
    import_graphfaker(write(files, tmp_path / "a"), tmp_path / "out_a")
    del files["truth/accounts"]
    whole = import_graphfaker(write(files, tmp_path / "b"), tmp_path / "out_b")
    assert not (tmp_path / "out_b" / "truth").exists()
    assert len(whole.files) == len(GRAPHFAKER.files)
    for table in TABLES:
        name = f"{table}.parquet"
        assert (tmp_path / "out_a" / name).read_bytes() == (tmp_path / "out_b" / name).read_bytes()


def test_written_tables_are_of_the_contract(imported: Imported, files: Files) -> None:
    _, out = imported(files)
    for name in TABLES:
        table = schema.BY_NAME[name]
        found = pq.read_schema(out / f"{name}.parquet").names
        required = [column.name for column in table.columns if not column.optional]
        assert set(required) <= set(found) <= set(table.by_name)


def test_every_drop_has_its_name_and_every_name_its_case(imported: Imported, files: Files) -> None:
    moment = datetime(2024, 1, 1)
    files["nodes/Merchant"] += [{"id": "w1", "name": "Far", "category": "travel"}, files["nodes/Merchant"][0]]
    files["nodes/Account"] += [account("a8", date(2024, 1, 1)), account("a9", date(2024, 1, 1))]
    files["edges/OWNS"] += [{"source": "c9", "target": "a9", "since": date(2024, 1, 1)}]
    files["edges/USES"] += [files["edges/USES"][0], {"source": "c9", "target": "d1", "first_seen": date(2024, 1, 1)}]
    files["edges/TRANSFERS"] += [paid("t5", "a1", "a8", 1.0, moment), paid("t6", "a9", "a1", 1.0, moment)]
    files["edges/PAYS"] += [paid("t7", "a8", "m1", 1.0, moment)]
    whole, out = imported(files)
    assert dropped(whole) == {
        "nodes/Account.parquet": {"folded into other rows": 3, "account without owner": 1, "unknown person": 1},
        "nodes/Merchant.parquet": {"repeated row": 1},
        "nodes/Counterparty.parquet": {"merged: merchant and counterparty": 1},
        "edges/OWNS.parquet": {"folded into other rows": 3, "unknown person": 1},
        "edges/USES.parquet": {"merged: repeated login": 1, "unknown person": 1},
        "edges/TRANSFERS.parquet": {"account without owner": 1, "unknown person": 1},
        "edges/PAYS.parquet": {"account without owner": 1},
        "truth/accounts.parquet": {"kept apart as truth": 6},
    }
    named = {name for drops in dropped(whole).values() for name in drops}
    assert named == set(GRAPHFAKER.drops) - {"no dated event"}
    for count in whole.files:
        assert count.rows_in == len(files[count.file.removesuffix(".parquet")])
    for table in whole.tables:
        assert table.rows == len(rows(out, table.table))


def test_data_without_any_time_have_nobody_to_register(tmp_path: Path, files: Files) -> None:
    source = write(files, tmp_path / "source")
    for name in ("USES", "OWNS", "TRANSFERS", "PAYS", "WIRES"):
        path = source / "edges" / f"{name}.parquet"
        pq.write_table(pq.read_table(path).slice(0, 0), path)
    with pytest.raises(InputError, match="no person is left"):
        import_graphfaker(source, tmp_path / "out")


BAD: dict[str, tuple[str, dict[str, Any], str, str | None, str]] = {
    "amount": ("edges/PAYS", {"amount": float("nan")}, "amount", "nan", "not an amount"),
    "negative": ("edges/PAYS", {"amount": -0.5}, "amount", "-0.5", "negative amount"),
    "no amount": ("edges/PAYS", {"amount": None}, "amount", "", "empty"),
    "no time": ("edges/WIRES", {"timestamp": None}, "timestamp", "", "empty"),
    "no payer": ("edges/TRANSFERS", {"source": None}, "source", "", "empty"),
    "long": ("edges/TRANSFERS", {"tx_id": "t" * 129}, "tx_id", "t" * 129, "longer than 128 characters"),
    "phone": ("nodes/Customer", {"id": "c4", "phone": "5\0"}, "phone", None, "holds a NUL byte"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_rejected_with_its_number_and_the_others_stay(imported: Imported, files: Files, case: str) -> None:
    file, change, column, value, reason = BAD[case]
    files[file].insert(1, files[file][0] | {"tx_id": "t9"} | change)
    whole, out = imported(files)
    assert rejects(out) == [(f"{file}.parquet", 2, column, value, reason)]
    assert [count.unexplained for count in whole.files if count.rejected] == [0]
    assert (len(rows(out, "people")), len(rows(out, "payments"))) == (3, 4)


def test_a_flag_of_the_truth_that_is_no_flag_is_rejected(imported: Imported, files: Files) -> None:
    files["truth/accounts"] = [row | {"is_fraud": "perhaps"} for row in files["truth/accounts"][:1]]
    _, out = imported(files)
    assert rejects(out) == [("truth/accounts.parquet", 1, "is_fraud", "perhaps", "not true or false")]
    assert rows(out / "truth", "truth_rings") == []


def test_an_account_of_two_owners_has_none(imported: Imported, files: Files) -> None:
    files["edges/OWNS"] += [{"source": "c3", "target": "a3", "since": date(2024, 1, 2)}]
    whole, out = imported(files)
    assert rejects(out) == [("edges/OWNS.parquet", row, "target", "a3", "rows of one key differ") for row in (3, 4)]
    assert [row["payment_id"] for row in rows(out, "payments")] == ["t2"]
    assert dropped(whole)["edges/WIRES.parquet"] == {"account without owner": 1}


def test_one_payment_id_in_two_files_is_rejected_in_both(imported: Imported, files: Files) -> None:
    files["edges/PAYS"][0]["tx_id"] = "t1"
    _, out = imported(files)
    reason = "the same payment stands in another file"
    assert rejects(out) == [
        ("edges/PAYS.parquet", 1, "tx_id", "t1", reason),
        ("edges/TRANSFERS.parquet", 1, "tx_id", "t1", reason),
    ]
    assert [row["payment_id"] for row in rows(out, "payments")] == ["t2", "t4"]


def test_missing_files_and_columns_are_named_with_what_was_found(tmp_path: Path, files: Files) -> None:
    del files["edges/WIRES"]
    source = write(files, tmp_path / "source")
    with pytest.raises(InputError, match=r"1 of 11 files are missing: edges/WIRES.parquet; found edges/OWNS.parquet"):
        import_graphfaker(source, tmp_path / "out")
    with pytest.raises(InputError, match=r"10 of 10 files are missing.*found nothing"):
        import_graphfaker(tmp_path / "nowhere", tmp_path / "out")
    write({"edges/WIRES": [{"source": "a1", "target": "w1"}]}, source)
    with pytest.raises(MissingColumnError, match=r"WIRES.parquet: no column tx_id, timestamp, amount; found source, "):
        import_graphfaker(source, tmp_path / "out")
    (source / "edges" / "WIRES.parquet").write_bytes(b"PAR1, but not really")
    with pytest.raises(InputError, match=r"WIRES.parquet: the file cannot be read"):
        import_graphfaker(source, tmp_path / "out")
    assert list(tmp_path.glob("out*")) == []


def test_files_and_columns_that_nobody_declares_are_said(tmp_path: Path, files: Files) -> None:
    files["truth/patterns"] = [{"pattern_id": "p1"}]
    files["nodes/Merchant"][0]["mood"] = "good"
    whole = import_graphfaker(write(files, tmp_path / "source"), tmp_path / "out")
    assert whole.unread == ("truth/patterns.parquet",)
    assert {count.file: count.undeclared for count in whole.files if count.undeclared} == {
        "nodes/Merchant.parquet": ("mood",)
    }


def test_an_earlier_import_is_replaced_and_nothing_else(tmp_path: Path, files: Files) -> None:
    source, out = write(files, tmp_path / "source"), tmp_path / "out"
    import_graphfaker(source, out)
    (source / "truth" / "accounts.parquet").unlink()
    (source / "truth").rmdir()
    import_graphfaker(source, out)
    assert not (out / "truth").exists()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(RefusedError, match=r"it holds mine.txt"):
        import_graphfaker(source, out)


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_the_rows_changes_no_byte(seed: int) -> None:
    files = graphfaker()
    shuffled = {name: random.Random(seed).sample(content, len(content)) for name, content in files.items()}
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        import_graphfaker(write(files, top / "a"), top / "out_a")
        import_graphfaker(write(shuffled, top / "b"), top / "out_b")
        assert contents(top / "out_a") == contents(top / "out_b")


def test_the_document_holds_the_mapping() -> None:
    document = Path(__file__).parents[3] / "docs" / "import-graphfaker.md"
    assert GRAPHFAKER_WITH_TRUTH.reference() in document.read_text(encoding="utf-8")
