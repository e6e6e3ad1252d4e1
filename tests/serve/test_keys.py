"""API keys: strong, stored as digests only, safe to change."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphfraud.errors import KeyMaterialError, LeaseHeldError, NotFoundError, UsageError
from graphfraud.serve.keys import Scope, create_key, digest, matching, read_keys, revoke_key

NOW = datetime(2026, 2, 1, tzinfo=UTC)
LATER = datetime(2026, 2, 2, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "private" / "keys.json"


def test_a_key_is_shown_once_and_kept_as_a_digest(path: Path) -> None:
    token = create_key(path, name="bank", scopes=(Scope.SCORES, Scope.FEATURES), now=NOW)
    assert token.startswith("gf_")
    assert len(token) == len("gf_") + 43  # 256 bits in base64url
    assert token not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {
        "keys": [
            {
                "name": "bank",
                "sha256": digest(token),
                "scopes": ["features", "scores"],
                "created_at": "2026-02-01T00:00:00Z",
                "revoked_at": None,
                "rate_per_s": None,
                "consent": None,
            }
        ]
    }


def test_only_the_key_itself_matches(path: Path) -> None:
    first = create_key(path, name="first", scopes=(Scope.SCORES,), now=NOW)
    second = create_key(path, name="second", scopes=(Scope.ADMIN,), now=NOW)
    keys = read_keys(path)
    assert {matching(keys, token).name for token in (first, second)} == {"first", "second"}  # type: ignore[union-attr]
    for wrong in ("", first[:-1], first + "A", first.swapcase(), digest(first), "é"):
        assert matching(keys, wrong) is None


def test_a_revoked_key_stays_in_the_file_but_opens_nothing(path: Path) -> None:
    token = create_key(path, name="bank", scopes=(Scope.SCORES,), now=NOW)
    other = create_key(path, name="other", scopes=(Scope.SCORES,), now=NOW)
    revoke_key(path, name="bank", now=NOW)
    revoke_key(path, name="bank", now=LATER)
    keys = read_keys(path)
    assert [(key.name, key.revoked_at) for key in keys] == [("bank", NOW), ("other", None)]
    assert matching(keys, token) is None
    assert matching(keys, other) is not None
    with pytest.raises(NotFoundError):
        revoke_key(path, name="nobody", now=NOW)


@pytest.mark.parametrize("name", ["", "two words", "x" * 65, "../up", "bank"])
def test_names_are_plain_and_unique(path: Path, name: str) -> None:
    create_key(path, name="bank", scopes=(Scope.SCORES,), now=NOW)
    before = path.read_bytes()
    with pytest.raises(UsageError):
        create_key(path, name=name, scopes=(Scope.SCORES,), now=NOW)
    assert path.read_bytes() == before
    create_key(path, name="bank-2", scopes=(Scope.SCORES,), now=NOW)  # the failure left no lock


def test_a_key_for_nothing_is_refused(path: Path) -> None:
    with pytest.raises(UsageError):
        create_key(path, name="bank", scopes=(), now=NOW)


def test_one_writer_at_a_time(path: Path) -> None:
    create_key(path, name="bank", scopes=(Scope.SCORES,), now=NOW)
    path.with_name("keys.json.new").touch()
    with pytest.raises(LeaseHeldError, match=r"delete .*keys\.json\.new"):
        revoke_key(path, name="bank", now=NOW)
    assert read_keys(path)[0].revoked_at is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(path: Path, mode: int) -> None:
    create_key(path, name="bank", scopes=(Scope.SCORES,), now=NOW)
    path.chmod(mode)
    with pytest.raises(KeyMaterialError, match="chmod 600"):
        read_keys(path)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"keys": [{"name": 1}]}'])
def test_a_damaged_file_is_refused(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyMaterialError, match="cannot be read"):
        read_keys(path)
