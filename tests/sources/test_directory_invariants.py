"""The same content gives the same clean rows, and every row read is clean, a repetition or a reject."""

import gzip
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphfraud.errors import GraphfraudError
from graphfraud.sources.reading import Reading

TABLES: Mapping[str, tuple[str, list[str]]] = {
    "people": (
        "person_id,registered_at,occupation",
        [f"p{n},2025-01-0{n % 9 + 1},student" for n in range(40)]
        + ["p1,2025-01-02T00:00:00Z,student", "p2,2026-01-01,student", "p41,never,"],
    ),
    "friendships": (
        "person_id,friend_id,since",
        [f"p{n},p{n + 1},2025-02-01" for n in range(40)] + ["p4,p3,2025-02-01T08:00:00+08:00", "p5,p6,", "p7,p7,"],
    ),
    "identifiers": (
        "person_id,kind,value",
        [f"p{n},phone,1380013{n:04}" for n in range(40)] + ["p3,phone,+86 13800130003", "p3,fax,1"],
    ),
    "payments": (
        "payment_id,payer_id,payee_id,payee_kind,amount,at",
        [f"y{n},p{n},shop,merchant,{n}.005,2025-03-01T00:00:{n:02}Z" for n in range(40)] + ["y5,p5,shop,merchant,1,"],
    ),
}


def _clean(reading: Reading) -> dict[str, pa.Table]:
    tables = {name: reading.rows(name).to_arrow_table() for name in reading.tables}
    return {
        name: rows.sort_by([(column, "ascending") for column in rows.schema.names]) for name, rows in tables.items()
    }


def _reasons(reading: Reading) -> list[tuple[Any, ...]]:
    return sorted(
        (str(r["table"]), str(r["column"]), str(r["value"]), r["reason"]) for r in reading.rejects.to_pylist()
    )


def _write_all(directory: Path) -> None:
    for name, (header, rows) in TABLES.items():
        (directory / f"{name}.csv").write_text("\n".join([header, *rows, ""]))


def _write_shuffled_and_split(directory: Path) -> None:
    """Rows in another order, over files of every form; whatever is written twice is equal."""
    chance = random.Random(7)
    for name, (header, rows) in TABLES.items():
        shuffled = chance.sample(rows, len(rows))
        quarter = len(rows) // 4
        parts = [
            "\r\n".join([header, *part]).encode()
            for part in (shuffled[:quarter], shuffled[quarter : 2 * quarter], shuffled[2 * quarter : 3 * quarter])
        ]
        (directory / f"{name}-1.csv").write_bytes(b"\xef\xbb\xbf" + parts[0])
        (directory / f"{name}_002.csv.gz").write_bytes(gzip.compress(parts[1]))
        (directory / name).mkdir()
        (directory / name / "part-00000.csv").write_bytes(parts[2])
        (directory / name / "_SUCCESS").touch()
        columns = [
            pa.array(values) for values in zip(*(row.split(",") for row in shuffled[3 * quarter :]), strict=True)
        ]
        pq.write_table(pa.table(columns, names=header.split(",")), directory / f"{name}.part4.parquet")


@pytest.mark.parametrize("threads", [1, 2])
def test_shuffled_and_split_input_gives_identical_tables(threads: int, tmp_path: Path, read: Any) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    _write_all(tmp_path / "one")
    _write_shuffled_and_split(tmp_path / "many")
    with read(tmp_path / "one") as one, read(tmp_path / "many", threads=threads) as many:
        assert _clean(one) == _clean(many)
        assert _reasons(one) == _reasons(many)
        assert (one.rows_in, one.rejected, one.collapsed) == (many.rows_in, many.rejected, many.collapsed)
        assert one.collapsed == {"people": 1, "friendships": 1, "identifiers": 1, "payments": 0}
        assert one.rejected == {"people": 3, "friendships": 6, "identifiers": 2, "payments": 2}


def test_duplicated_input_gives_identical_tables(tmp_path: Path, read: Any) -> None:
    _write_all(tmp_path)
    with read(tmp_path) as once:
        for name in TABLES:
            (tmp_path / f"{name}-2.csv").write_bytes((tmp_path / f"{name}.csv").read_bytes())
        with read(tmp_path) as twice:
            assert _clean(once) == _clean(twice)
            assert all(twice.rows_in[name] == 2 * rows for name, rows in once.rows_in.items())


def test_rejects_come_in_a_fixed_order(tmp_path: Path, read: Any) -> None:
    _write_all(tmp_path)
    with read(tmp_path, threads=1) as one, read(tmp_path, threads=2) as two:
        assert one.rejects == two.rejects
        tables = one.rejects["table"].to_pylist()
        assert tables == sorted(tables, key=list(TABLES).index)


def test_blocks_of_a_large_file_join_without_a_seam(tmp_path: Path, read: Any) -> None:
    (tmp_path / "people.csv").write_text("person_id,registered_at\np,2025-01-01\n")
    rows = 150_000  # more than one block of bytes
    lines = [f'device-{number},"model ""{number}"", of many"' for number in range(rows)]
    lines[90_000] = 'device-x,"never closed'
    (tmp_path / "devices.csv").write_text("device_id,model\n" + "\n".join(lines))
    assert (tmp_path / "devices.csv").stat().st_size > 5 << 20
    with read(tmp_path) as reading:
        assert [(r["row"], r["reason"]) for r in reading.rejects.to_pylist()] == [(90_001, "unclosed quote")]
        assert reading.rows("devices").count("*").fetchall() == [(rows - 1,)]
        assert reading.rows("devices").filter("device_id = 'device-149999'").project("model").fetchall() == [
            ('model "149999", of many',)
        ]


WORDS = st.sampled_from(
    [
        b"a",
        b"b",
        b"2026-01-01",
        b",",
        b",",
        b",",
        b'"',
        b'""',
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
        b"\0",
        b"\xff",
        b"\xc3\xa9",
        b"",
    ]
)
CONTENT = st.lists(WORDS, max_size=60).map(b"".join)
HEADERS = st.sampled_from([b"person_id,registered_at\n", b"\xef\xbb\xbfregistered_at,x,person_id\r\n", b""])


def _count(reading: Reading, table: str) -> int:
    return int(reading.rows(table).count("*").fetchall()[0][0])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=HEADERS, content=CONTENT, form=st.sampled_from(["people.csv", "people.csv.gz", "people.parquet"]))
def test_no_bytes_raise_anything_else_or_lose_a_row(header: bytes, content: bytes, form: str, read: Any) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        packed = gzip.compress(header + content) if form.endswith("gz") else header + content
        (directory / form).write_bytes(packed)
        try:
            reading = read(directory)
        except GraphfraudError:
            return
        with reading:
            rows = reading.rows_in["people"]
            assert rows == _count(reading, "people") + reading.collapsed["people"] + reading.rejected["people"]
            if header and b'"' not in content:
                lines = [line.removesuffix(b"\r") for line in content.split(b"\n")]
                assert rows == sum(1 for line in lines if line)


VALUES = st.sampled_from([None, "", "a", "b", "c", "é", "2026-01-01", "1", "-1", "x" * 129, "\0", "person", "merchant"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(VALUES, min_size=6, max_size=6), max_size=12))
def test_no_values_lose_a_row(rows: list[list[str | None]], read: Any) -> None:
    names = ["payment_id", "payer_id", "payee_id", "payee_kind", "amount", "at"]
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "people.csv").write_text("person_id,registered_at\na,2025-01-01\nb,2025-01-01\n")
        columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(6)]
        pq.write_table(pa.table(columns, names=names), directory / "payments.parquet")
        with read(directory) as reading:
            assert reading.rows_in["payments"] == len(rows)
            counted = _count(reading, "payments") + reading.collapsed["payments"] + reading.rejected["payments"]
            assert counted == len(rows)
            keys = reading.rows("payments").project("payment_id").to_arrow_table()["payment_id"].to_pylist()
            assert len(keys) == len(set(keys))
