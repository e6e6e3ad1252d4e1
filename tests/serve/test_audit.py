"""The audit log: nothing can be taken out, changed or moved unseen; strict, it is written or nothing is answered."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.errors import AuditError
from graphfraud.publish.serving import person_token
from graphfraud.serve.app import counted
from graphfraud.serve.audit import Audit, Event, add_event, events, events_about, newest_about, verify
from graphfraud.serve.chain import Chain, verified
from graphfraud.serve.metrics import RequestCounts
from tests.serve.conftest import make_client

NOW = datetime(2026, 2, 1, tzinfo=UTC)
TOKEN = person_token("p-1").hex()


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def chained(folder: Path, count: int, name: str = "worker-0") -> Path:
    chain = Chain(folder, name)
    chain.append([b'{"at":"2026-02-01T00:00:00Z","who":"k%d","what":"read"}' % n for n in range(count)], durable=False)
    chain.close()
    return folder / f"{name}.jsonl"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = chained(tmp_path_factory.mktemp("chain"), 6)
    assert [line.n for line in verified(path)] == [1, 2, 3, 4, 5, 6]
    return path


def copied(whole: Path, content: bytes) -> Path:
    path = whole.with_name("copy") / whole.name
    path.parent.mkdir(exist_ok=True)
    path.with_suffix(".head").write_bytes(whole.with_suffix(".head").read_bytes())
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("gone", range(6))
def test_a_removed_line_is_found(whole: Path, gone: int) -> None:
    kept = lines(whole)
    del kept[gone]
    with pytest.raises(AuditError, match=f"line {gone + 1} was changed, removed or moved"):
        list(verified(copied(whole, b"".join(kept))))


@pytest.mark.parametrize("first", range(5))
def test_lines_that_changed_places_are_found(whole: Path, first: int) -> None:
    kept = lines(whole)
    kept[first], kept[first + 1] = kept[first + 1], kept[first]
    with pytest.raises(AuditError, match=f"line {first + 1} "):
        list(verified(copied(whole, b"".join(kept))))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found(whole: Path, data: st.DataObject) -> None:
    content = bytearray(whole.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    with pytest.raises(AuditError):
        list(verified(copied(whole, bytes(content))))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_lines_removed_moved_doubled_or_changed_are_found(whole: Path, data: st.DataObject) -> None:
    """Whatever other list of lines stands in the file, with or without the head that was noted."""
    kept = lines(whole)
    changed = data.draw(st.lists(st.sampled_from(kept), max_size=9).filter(lambda found: found != kept))
    for place in data.draw(st.sets(st.integers(0, 8), max_size=2)):
        if place < len(changed):
            event = changed[place].replace(b'"who":"k', b'"who":"other')
            changed[place] = data.draw(st.sampled_from((changed[place], event)))
    with pytest.raises(AuditError):
        list(verified(copied(whole, b"".join(changed))))


def test_an_added_line_and_a_doubled_one_are_found(whole: Path) -> None:
    kept = lines(whole)
    for content in ([*kept, kept[-1]], [kept[0], *kept], [*kept, b'{"n":7,"hash":"0"}\n']):
        with pytest.raises(AuditError):
            list(verified(copied(whole, b"".join(content))))


def test_a_chain_written_anew_is_not_the_anchored_one(tmp_path: Path) -> None:
    add_event(tmp_path, Event(NOW, "bank", "read", people=TOKEN))
    add_event(tmp_path, Event(NOW, "bank", "read"))
    assert verify(tmp_path).lines["worker-0"] == 2
    for path in tmp_path.glob("worker-0.*"):
        path.unlink()
    chained(tmp_path, 2)  # whole in itself
    with pytest.raises(AuditError, match="not the one that was anchored"):
        verify(tmp_path)


@pytest.mark.parametrize("gone", ["worker-0", "anchors"])
def test_a_chain_that_is_gone_is_found(tmp_path: Path, gone: str) -> None:
    add_event(tmp_path, Event(NOW, "bank", "read"))
    for path in tmp_path.glob(f"{gone}.*"):
        path.unlink()
    with pytest.raises(AuditError, match="gone"):
        verify(tmp_path)


def test_a_half_written_line_of_a_killed_writer_is_cut_off_and_the_chain_goes_on(tmp_path: Path) -> None:
    path = chained(tmp_path, 3)
    with path.open("ab") as file:
        file.write(b'{"n":4,"at":"2026')
    chain = Chain(tmp_path, "worker-0")
    chain.append([b'{"what":"after"}'], durable=True)
    chain.close()
    assert [line.n for line in verified(path)] == [1, 2, 3, 4]
    assert json.loads(lines(path)[3])["what"] == "after"


def test_a_chain_that_was_cut_short_is_not_continued(tmp_path: Path) -> None:
    path = chained(tmp_path, 3)
    path.write_bytes(b"".join(lines(path)[:2]))
    with pytest.raises(AuditError, match="line 3 was changed, removed or moved"):
        Chain(tmp_path, "worker-0")
    add_event(tmp_path, Event(NOW, "bank", "read"))  # into the next chain
    assert (tmp_path / "worker-1.jsonl").exists()
    with pytest.raises(AuditError, match="line 3"):
        verify(tmp_path)


def test_every_read_of_a_person_is_a_line(runs: Path, tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit", wall=lambda: NOW.timestamp())
    client = make_client(runs, tmp_path, audit=audit)
    client.get("/graph-features/p-1")
    client.get("/graph-features/nobody")
    client.post("/graph-features", {"person_ids": ["p-2", "nobody", "p-1"]})
    client.get("/scores/p-1")
    client.get("/debt/p-1")
    client.get("/rings/ring%2F0-0")
    client.get("/people/p-1/neighbours")
    client.get("/catalog")
    audit.close()
    found = [event for _, event in events(tmp_path / "audit")]
    assert [(one.what, len(one.people) // 32) for one in found] == [
        ("GET /graph-features/{person_id}", 1),
        ("POST /graph-features", 2),
        ("GET /scores/{person_id}", 2),  # and the person whom the evidence of a reason names
        ("GET /debt/{person_id}", 1),
        ("GET /rings/{ring_id}", 3),
        ("GET /people/{person_id}/neighbours", 1),
    ]
    assert found[1].people == person_token("p-2").hex() + TOKEN
    assert len(events_about(tmp_path / "audit", TOKEN)) >= 5
    assert b"p-1" not in b"".join(path.read_bytes() for path in (tmp_path / "audit").iterdir())


def test_strict_it_answers_nothing_that_it_cannot_write(runs: Path, tmp_path: Path) -> None:
    counts = RequestCounts(tmp_path / "counts", counted())
    audit = Audit(tmp_path / "audit", strict=True, failed=counts.audit_failed)
    client = make_client(runs, tmp_path, audit=audit)
    assert client.get("/scores/p-1").status_code == 200
    assert len(lines(tmp_path / "audit" / "worker-0.jsonl")) == 1  # before it was answered
    full = os.open("/dev/full", os.O_WRONLY)
    kept = os.dup(audit._chain._file)
    os.dup2(full, audit._chain._file)
    try:
        answer = client.get("/scores/p-1")
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:graphfraud:problem:audit")
        assert client.get("/catalog").status_code == 200
        assert "graphfraud_audit_failures_total 1.0" in client.get("/metrics").text  # by whichever worker
    finally:
        os.dup2(kept, audit._chain._file)
        os.close(kept)
        os.close(full)
    assert client.get("/scores/p-1").status_code == 200
    audit.close()
    assert verify(tmp_path / "audit").lines["worker-0"] == 2


def test_writers_at_once_have_chains_of_their_own(tmp_path: Path) -> None:
    first, second = Audit(tmp_path), Audit(tmp_path)
    first.note(Event(NOW, "a", "read"))
    second.note(Event(NOW, "b", "read"))
    first.close()
    second.close()
    assert {chain: event.who for chain, event in events(tmp_path)} == {"worker-0": "a", "worker-1": "b"}
    assert set(verify(tmp_path).lines) == {"anchors", "worker-0", "worker-1"}


def test_a_write_is_on_the_disk_when_it_returns_or_fails(tmp_path: Path) -> None:
    audit = Audit(tmp_path, strict=True)
    audit.write(Event(NOW, "anna", "page person", people=TOKEN))
    assert b"page person" in (tmp_path / "worker-0.jsonl").read_bytes()
    full, kept = os.open("/dev/full", os.O_WRONLY), os.dup(audit._chain._file)
    os.dup2(full, audit._chain._file)
    try:
        with pytest.raises(AuditError, match="cannot be written"):
            audit.write(Event(NOW, "anna", "page person"))
    finally:
        os.dup2(kept, audit._chain._file)
        os.close(kept)
        os.close(full)
    audit.close()


def test_the_newest_lines_about_somebody_come_from_all_chains_and_only_whole_tokens(tmp_path: Path) -> None:
    other = person_token("p-2").hex()
    first, second = Audit(tmp_path, strict=True), Audit(tmp_path, strict=True)
    for hour in range(6):
        audit = first if hour % 2 else second
        audit.write(Event(NOW.replace(hour=hour), "anna", f"look {hour}", people=other + TOKEN))
    across = other[:-16] + TOKEN + other[-16:]  # the token's letters, but not at a place of a token
    first.write(Event(NOW.replace(hour=9), "anna", "nobody", people=across))
    first.write(Event(NOW.replace(hour=8), "anna", "another", people=other))
    assert [one.what for one in newest_about(tmp_path, TOKEN, limit=3)] == ["look 5", "look 4", "look 3"]
    assert len(newest_about(tmp_path, TOKEN, limit=99)) == 6
    assert newest_about(tmp_path / "none", TOKEN) == []
    first.close()
    second.close()
