"""Views: ids are verified, however their hashes fall; damaged files are refused."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.errors import RunError
from graphfraud.publish.serving import write_serving
from graphfraud.serve.compiled import compile_ahead
from graphfraud.serve.view import People, RunView
from tests.serve.published import Sketch, write_tables


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """As a service does before anybody waits; else the first example would."""
    compile_ahead()


ids = st.sets(st.text(max_size=8), max_size=30)


def people_of(known: list[str], hashes: list[int]) -> People:
    """People under hashes of the test's choosing, in memory that cannot be written, as of mapped files."""
    _, bounds, text = pa.array(known, pa.large_string()).buffers()
    order = np.argsort(np.array(hashes, np.uint64), kind="stable")
    return People(
        id_bounds=memoryview(bounds).cast("B").cast("q").toreadonly(),
        id_bytes=memoryview(text).cast("B").toreadonly(),
        tokens=memoryview(b""),
        hashes=memoryview(np.array(hashes, np.uint64)[order]).toreadonly(),
        hash_rows=memoryview(order.astype(np.uint32)).toreadonly(),
        matrix=np.zeros((len(known), 1)),
        score_rows=np.full(len(known), -1),
        debt_rows=np.full(len(known), -1),
    )


def test_two_ids_of_one_hash_are_told_apart() -> None:
    shared = xxhash.xxh3_64_intdigest(b"anna")
    people = people_of(["bert", "anna", "carl"], [shared, shared, 1])
    assert (people.row("anna"), people.row("bert")) == (1, -1)  # bert hashes elsewhere in truth
    assert people_of(["bert"], [shared]).row("anna") == -1


@given(known=ids, asked=ids)
def test_rows_are_those_of_the_ids(known: set[str], asked: set[str]) -> None:
    ordered = sorted(known | {"somebody"}, key=str.encode)
    people = people_of(ordered, [xxhash.xxh3_64_intdigest(one.encode()) for one in ordered])
    for one in known | asked:
        assert people.row(one) == (ordered.index(one) if one in ordered else -1)
    both = [*asked, *known]
    assert people.rows(both).tolist() == [people.row(one) for one in both]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / Sketch().run_id
    write_tables(folder, Sketch())
    write_serving(folder)
    return folder


def test_a_run_of_nobody_opens(tmp_path: Path) -> None:
    sketch = Sketch(people=(), rings=0)
    write_tables(tmp_path / "run", sketch)
    write_serving(tmp_path / "run")
    view = RunView.open(tmp_path / "run")
    assert view.people.row("p-1") == -1
    assert view.ranking.row("ring") == -1
    assert view.ranking.ranked(kind="cash_out", min_score=0.0, after=0, limit=5) == []


def test_a_view_outlives_the_files(run: Path) -> None:
    view = RunView.open(run)
    for path in (run / "serving").iterdir():
        path.unlink()
    row = view.people.row("p-2")
    assert view.people.matrix[row, 0] == 1_020
    (score,) = view.scores_of(np.array([row]))
    assert score is not None
    assert score["tier"] == "new"


def test_opening_reads_no_table_into_memory(tmp_path: Path) -> None:
    sketch = Sketch(people=tuple(f"p{place:05d}" for place in range(3_000)))
    write_tables(tmp_path / "run", sketch)
    write_serving(tmp_path / "run")
    before = pa.total_allocated_bytes()
    view = RunView.open(tmp_path / "run")
    assert pa.total_allocated_bytes() - before < 64_000
    assert view.people.row("p02999") == 2_999


@pytest.mark.parametrize("name", ["people.arrow", "index.arrow", "scores.arrow", "rings.arrow", "catalogue.json"])
@pytest.mark.parametrize("damage", ["gone", "short", "garbage"])
def test_a_damaged_file_is_refused(run: Path, name: str, damage: str) -> None:
    path = run / "serving" / name
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[: len(content) // 2] if damage == "short" else b"no" * 50)
    with pytest.raises(RunError, match="cannot be opened"):
        RunView.open(run)


def test_files_of_another_format_are_refused(run: Path) -> None:
    path = run / "serving" / "catalogue.json"
    path.write_bytes(path.read_bytes().replace(b'"format": 2', b'"format": 3'))
    with pytest.raises(RunError, match="serving files of format 3, expected 2"):
        RunView.open(run)
