from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from graphfraud.errors import UsageError
from graphfraud.schema import TABLES
from graphfraud.worlds import generate
from graphfraud.worlds.recipe import HARDNESS, Recipe


def contents(directory: Path) -> dict[str, bytes]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def test_equal_arguments_give_equal_bytes_and_another_seed_other_tables(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        generate(tmp_path / name, people=400, seed=seed)
    first, second, other = (contents(tmp_path / name) for name in "abc")
    assert first == second
    same = {name for name in first if first[name] == other[name]}
    assert same <= {"as_of.txt"}


def test_a_directory_is_written_over_and_holds_every_table_and_the_truth_apart(tmp_path: Path) -> None:
    generate(tmp_path, people=300, seed=1)
    generate(tmp_path, people=200, seed=1, hardness="high")
    names = {f"{table.name}.parquet" for table in TABLES}
    truth = {f"truth/truth_{name}.parquet" for name in ("rings", "groups", "default")}
    assert set(contents(tmp_path)) == names | truth | {"as_of.txt"}
    assert pq.read_table(tmp_path / "people.parquet").num_rows == 200


def test_the_report_says_what_the_files_hold(tmp_path: Path) -> None:
    report = generate(tmp_path, people=700, seed=5)
    for table in TABLES:
        assert report.rows[table.name] == pq.read_metadata(tmp_path / f"{table.name}.parquet").num_rows
    rings = pq.read_table(tmp_path / "truth" / "truth_rings.parquet")
    groups = pq.read_table(tmp_path / "truth" / "truth_groups.parquet")
    assert (report.people, report.ring_members) == (700, rings.num_rows)
    assert report.rings == len(rings["ring_id"].unique())
    assert report.groups == len(groups["group_id"].unique())
    assert report.as_of == datetime(2026, 2, 1, tzinfo=UTC)
    assert (tmp_path / "as_of.txt").read_text().strip() == "2026-02-01T00:00:00Z"


@pytest.mark.parametrize("people", [200, 201, 333, 1000])
@pytest.mark.parametrize("hardness", list(HARDNESS))
def test_small_worlds_have_two_rings_or_more(people: int, hardness: str, tmp_path: Path) -> None:
    report = generate(tmp_path, people=people, seed=people, hardness=hardness)
    assert report.rings >= 2
    assert report.groups >= report.rings
    assert report.ring_members <= 0.05 * people


def test_honest_groups_outnumber_rings_the_harder_it_gets(tmp_path: Path) -> None:
    counts = {}
    for hardness in HARDNESS:
        report = generate(tmp_path, people=2000, seed=1, hardness=hardness)
        counts[hardness] = report.groups / report.rings
    assert 1 <= counts["low"] < counts["medium"] < counts["high"]


@pytest.mark.parametrize("wrong", [{"people": 199}, {"hardness": "cruel"}, {"seed": -1}])
def test_wrong_arguments_are_named_and_nothing_is_written(wrong: dict[str, int | str], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"--{next(iter(wrong))}: .*To cure it"):
        generate(tmp_path / "world", **wrong)
    assert not (tmp_path / "world").exists()


def test_a_place_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        generate(tmp_path / "file", people=200)


def test_mechanisms_have_generators_of_their_own() -> None:
    recipe = Recipe(200, 1, "low")
    drawn = {name: recipe.rng(name).integers(0, 2**60) for name in ("a", "b", "c")}
    assert len(set(drawn.values())) == 3
    assert Recipe(200, 2, "low").rng("a").integers(0, 2**60) != drawn["a"]
