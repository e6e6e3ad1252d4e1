"""Which file belongs to which table."""

import os
from pathlib import Path

import pytest

from graphfraud.errors import InputError
from graphfraud.schema import TABLES
from graphfraud.sources.files import Form, listing


def _touch(directory: Path, *names: str) -> None:
    for name in names:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).touch()


ALONE = ["{}.csv", "{}.csv.gz", "{}.parquet", "{}-1.csv", "{}_003.csv.gz", "{}.part2.parquet", "{}.part-00002.csv"]
IN_FOLDERS = ["{}/any.csv", "{}/part-0.snappy.parquet", "{}.parquet/part-0.parquet", "{}.csv/part-0.csv.gz"]


@pytest.mark.parametrize("name", [*ALONE, *IN_FOLDERS])
def test_every_form_of_every_table_is_found(name: str, tmp_path: Path) -> None:
    for table in TABLES:
        _touch(tmp_path, name.format(table.name))
    found = listing(tmp_path)
    assert list(found.tables) == [table.name for table in TABLES]
    assert {table: [file.name for file in files] for table, files in found.tables.items()} == {
        table.name: [name.format(table.name)] for table in TABLES
    }
    assert found.ignored == ()


def test_people_never_swallow_their_activity(tmp_path: Path) -> None:
    _touch(tmp_path, "people_activity.csv", "people_activity_2.csv", "people-activity.csv", "people_2.csv")
    found = listing(tmp_path)
    assert [file.name for file in found.tables["people"]] == ["people_2.csv"]
    assert [file.name for file in found.tables["people_activity"]] == ["people_activity.csv", "people_activity_2.csv"]
    assert found.ignored == ("people-activity.csv",)


def test_all_forms_together_are_one_table(tmp_path: Path) -> None:
    _touch(tmp_path, "people.csv", "people-2.parquet", "people/a.csv.gz")
    assert [file.form for file in listing(tmp_path).tables["people"]] == [Form.CSV_GZ, Form.PARQUET, Form.CSV]


def test_what_is_no_table_is_named_once_and_companions_are_not(tmp_path: Path) -> None:
    _touch(tmp_path, "as_of.txt", "truth/truth_rings.csv", ".people.csv.crc", "people/_SUCCESS")
    _touch(
        tmp_path, "people.tsv", "PEOPLE.csv", "persons.csv", "people/readme.md", "people/deep/part.csv", "more/x.csv"
    )
    os.mkfifo(tmp_path / "devices.csv")
    found = listing(tmp_path)
    assert found.tables == {}
    ignored = {"people.tsv", "PEOPLE.csv", "persons.csv", "people/readme.md", "people/deep", "more", "devices.csv"}
    assert set(found.ignored) == ignored
    assert len(found.ignored) == len(ignored)


def test_names_of_any_bytes_can_be_shown(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"notes\xff.txt")).touch()
    assert listing(tmp_path).ignored == ("notes\ufffd.txt",)


@pytest.mark.parametrize(("name", "reason"), [("nowhere", "No such file or directory"), ("file", "Not a directory")])
def test_a_directory_that_cannot_be_listed_is_named(name: str, reason: str, tmp_path: Path) -> None:
    _touch(tmp_path, "file")
    with pytest.raises(InputError) as caught:
        listing(tmp_path / name)
    assert str(caught.value) == (
        f"{tmp_path / name}: the directory of tables cannot be read ({reason}). "
        "To cure it: name a directory that holds people.csv or people.parquet."
    )
