"""A snapshot on disk: what is read back is what was saved."""

from pathlib import Path

from graphfraud.snapshot.stored import restore, save
from tests.tables import day, people, snapshot_of


def test_what_is_saved_comes_back_with_its_digest(tmp_path: Path) -> None:
    rows = {
        "people": people("anna", "中"),
        "devices": [{"device_id": "d", "model": "m"}],
        "logins": [{"person_id": "anna", "device_id": "d", "ip": "1.2.3.4", "at": day(1)}],
    }
    snapshot = snapshot_of(rows)
    save(snapshot, tmp_path / "s")
    assert restore(tmp_path / "s").digest == snapshot.digest
    assert restore(tmp_path / "s").ids["devices.model"].to_pylist() == ["m"]


def test_an_empty_snapshot_comes_back(tmp_path: Path) -> None:
    save(snapshot_of({}), tmp_path / "s")
    assert restore(tmp_path / "s").people == 0
