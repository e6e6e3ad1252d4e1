"""The key is private, the digest is HMAC-SHA256 of the normalised value, and kinds never mix."""

import hashlib
import hmac
import os
from pathlib import Path

import pyarrow as pa
import pytest

from graphfraud.errors import KeyMaterialError
from graphfraud.sources.pseudonym import PseudonymKey, create_key_file, read_key

SECRET = bytes(range(32))
TEXT = SECRET.hex()
HOW = "python -c 'import secrets; print(secrets.token_hex(32))'"


def _file(path: Path, content: str = TEXT + "\n", mode: int = 0o600) -> dict[str, str]:
    path.write_text(content)
    path.chmod(mode)
    return {"GRAPHFRAUD_KEY_FILE": str(path)}


def test_a_digest_is_hmac_sha256_of_label_kind_and_value() -> None:
    message = b"graphfraud identifier 1\0phone\0+8613800138000"
    wanted = hmac.new(SECRET, message, hashlib.sha256).hexdigest()
    assert PseudonymKey(SECRET).digest("phone", "138 0013 8000") == wanted


def test_kinds_and_keys_separate_digests() -> None:
    key, other = PseudonymKey(SECRET), PseudonymKey(bytes(32))
    made = {key.digest("card", "12345678"), key.digest("national_id", "12345678"), other.digest("card", "12345678")}
    assert len(made) == 3
    assert key.key_id != other.key_id
    assert len(key.key_id) == 16


def test_a_batch_of_digests_equals_single_ones() -> None:
    key = PseudonymKey(SECRET)
    kinds = pa.array(["phone", "email", "phone", None, "card"])
    values = pa.array([b"13800138000", b"A@b", b"+86 13800138000", b"x", None], pa.binary())
    one, two = key.digest("phone", "13800138000"), key.digest("email", "a@b")
    assert key.digests(kinds, values).to_pylist() == [one, two, one, None, None]
    assert key.digests(kinds[:0], values[:0]).to_pylist() == []


def test_the_key_is_not_shown() -> None:
    key = PseudonymKey(SECRET)
    assert TEXT not in f"{key!r} {key}"
    assert str(SECRET) not in f"{key!r} {key}"


@pytest.mark.parametrize("text", [TEXT, TEXT.upper(), f" {TEXT}\n", TEXT * 2])
def test_a_key_comes_from_the_environment(text: str) -> None:
    assert read_key({"GRAPHFRAUD_KEY": text}).secret.startswith(SECRET)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_comes_from_a_private_file(mode: int, tmp_path: Path) -> None:
    assert read_key(_file(tmp_path / "key", mode=mode)) == PseudonymKey(SECRET)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    environment = _file(tmp_path / "key") | {"GRAPHFRAUD_KEY": "00" * 32}
    assert read_key(environment) == PseudonymKey(bytes(32))


def test_an_absent_key_says_how_to_make_one() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        read_key({"GRAPHFRAUD_KEY": "  "})
    assert str(caught.value) == (
        "GRAPHFRAUD_KEY: no pseudonym key is given. To cure it: set GRAPHFRAUD_KEY, or GRAPHFRAUD_KEY_FILE "
        f"to a file of mode 0600 that holds it; make one with {HOW}."
    )


@pytest.mark.parametrize("text", [TEXT[:-2], TEXT[:-1], "correct horse battery staple " * 4, TEXT[:-2] + "zz"])
def test_a_weak_key_is_refused_and_not_shown(text: str, tmp_path: Path) -> None:
    for environment in ({"GRAPHFRAUD_KEY": text}, _file(tmp_path / "key", text)):
        with pytest.raises(KeyMaterialError, match="not hex of at least 32 bytes") as caught:
            read_key(environment)
        assert text[:8] not in str(caught.value)
        assert HOW in str(caught.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_may_open_is_refused(mode: int, tmp_path: Path) -> None:
    with pytest.raises(KeyMaterialError, match=rf"others may read the key file \(mode {mode:04o}\).*chmod 600"):
        read_key(_file(tmp_path / "key", mode=mode))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    environment = _file(tmp_path / "key")
    os.chown(tmp_path / "key", 12345, -1)
    with pytest.raises(KeyMaterialError, match="belongs to somebody else"):
        read_key(environment)


def test_a_file_that_is_not_one_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name, message in (("pipe", "not a regular file"), ("none", "No such file"), (".", "Is a directory")):
        with pytest.raises(KeyMaterialError, match=message):
            read_key({"GRAPHFRAUD_KEY_FILE": str(tmp_path / name)})


def test_a_new_key_file_is_private_random_and_never_overwrites(tmp_path: Path) -> None:
    one, two = create_key_file(tmp_path / "one"), create_key_file(tmp_path / "two")
    assert one != two
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600
    assert read_key({"GRAPHFRAUD_KEY_FILE": str(tmp_path / "one")}) == one
    with pytest.raises(KeyMaterialError, match="File exists"):
        create_key_file(tmp_path / "one")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
