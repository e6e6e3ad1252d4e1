"""Cutting CSV: what csv.writer writes comes back, and no cut of the bytes into buffers changes anything."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.sources.records import FAULTS, Records, cut

UNCLOSED, TOO_FEW, TOO_MANY = (
    FAULTS.index(f"{what}") for what in ("unclosed quote", "too few columns", "too many columns")
)
PIECES = st.sampled_from([b"a", b"bc", b",", b",", b'"', b'""', b"\n", b"\n", b"\r\n", b"\r", b"\0", b"\xff"])
BYTES = st.lists(PIECES, max_size=40).map(b"".join)


def _cut(content: bytes, width: int = 2, *, last: bool = True) -> Records:
    return cut(np.frombuffer(content, np.uint8), width, last=last)


def _rows(records: Records) -> list[tuple[bytes, ...]]:
    return list(zip(*(records.values(field).to_pylist() for field in range(records.starts.shape[0])), strict=True))


@pytest.mark.parametrize(
    ("content", "rows", "faults"),
    [
        (b"", [], []),
        (b"\n\r\n\r", [], []),
        (b"a,b", [(b"a", b"b")], [0]),
        (b"a,b\r\n,\r\n", [(b"a", b"b"), (b"", b"")], [0, 0]),
        (b'"a","b"\n', [(b"a", b"b")], [0]),
        (b'"a""b",""\n', [(b'a"b', b"")], [0]),
        (b'"a,\nb","x"\r\n', [(b"a,\nb", b"x")], [0]),
        (b'5",b\n', [(b'5"', b"b")], [0]),
        (b"a\rb,c\n", [(b"a\rb", b"c")], [0]),
        (b"a\nb,c\n", [(b"b", b"c")], [TOO_FEW, 0]),
        (b"a,b,\nb,c\n", [(b"b", b"c")], [TOO_MANY, 0]),
        (b'"a,b\nb,c\n', [(b"b", b"c")], [UNCLOSED, 0]),
        (b'"a"x,b\nb,c\n', [(b"b", b"c")], [UNCLOSED, 0]),
        (b'a,"b\nb,c\nd,"e"\n', [(b"b", b"c"), (b"d", b"e")], [UNCLOSED, 0, 0]),
        (b'"a\nb",c,d\ne,f\n', [(b"e", b"f")], [TOO_MANY, TOO_MANY, 0]),
    ],
)
def test_small_cases(content: bytes, rows: list[tuple[bytes, ...]], faults: list[int]) -> None:
    records = _cut(content)
    assert _rows(records) == rows
    assert records.faults.tolist() == faults
    assert records.used == len(content)


def test_a_quote_that_never_closes_costs_one_row_however_much_follows() -> None:
    lines = b"".join(b"row,%d\n" % number for number in range(20_000))
    records = _cut(b'x,"open\n' + lines, last=False)
    assert records.faults[0] == UNCLOSED
    assert records.faults.size == 20_001
    assert not records.faults[1:].any()


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_what_csv_writes_is_read_back(rows: list[tuple[str, str]], end: str) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    content = text.getvalue().encode("utf-8", "replace")
    wanted = [tuple(value.encode("utf-8", "replace") for value in row) for row in rows]
    assert _rows(_cut(content)) == wanted


@settings(max_examples=400)
@given(BYTES, st.lists(st.integers(1, 40), max_size=4), st.integers(1, 3))
def test_buffers_of_any_size_give_the_same_records(content: bytes, sizes: list[int], width: int) -> None:
    whole = _cut(content, width)
    rows, faults, rest = [], [], b""
    for size in [*sizes, len(content)]:
        chunk, content = content[:size], content[size:]
        part = _cut(rest + chunk, width, last=not content)
        rows += _rows(part)
        faults += part.faults.tolist()
        rest = part.data[part.used :].tobytes()
    assert rest == b""
    assert faults == whole.faults.tolist()
    assert rows == _rows(whole)


@given(BYTES)
def test_no_line_is_lost(content: bytes) -> None:
    """Lines without quotes are one record each, whatever stands around them."""
    records = _cut(content.replace(b'"', b""))
    lines = [line.removesuffix(b"\r") for line in content.replace(b'"', b"").split(b"\n")]
    wanted = [line.count(b",") for line in lines if line]
    assert [(fault == 0) for fault in records.faults] == [commas == 1 for commas in wanted]
