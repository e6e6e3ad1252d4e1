"""The pseudonym key, and the keyed digest that stands for every identifier value.

A digest is HMAC-SHA256 over a label, the kind and the normalised value, so that a
phone and a card of equal digits differ. The key lives outside the store and is never shown.
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.errors import KeyMaterialError
from graphfraud.sources.normalise import normalised

KEY_VARIABLE: Final = "GRAPHFRAUD_KEY"
KEY_FILE_VARIABLE: Final = "GRAPHFRAUD_KEY_FILE"
MIN_KEY_BYTES: Final = 32

_KEY_ID_LABEL: Final = b"graphfraud key id 1\0"
_DIGEST_LABEL: Final = b"graphfraud identifier 1\0"
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})+")
_HOW_TO_MAKE: Final = "python -c 'import secrets; print(secrets.token_hex(32))'"
_MAX_FILE_BYTES: Final = 4096


DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")
"""A keyed digest within a text."""


def shortened(text: str) -> str:
    """A text whose digests are cut to twelve letters, for eyes.

    >>> shortened("Phone:" + "a" * 64)
    'Phone:aaaaaaaaaaaa…'
    """
    return DIGEST.sub(lambda found: f"{found[0][:12]}…", text)


@dataclass(frozen=True)
class PseudonymKey:
    """The secret behind all digests; its ``repr`` shows the ``key_id`` only.

    >>> PseudonymKey(bytes(32))
    PseudonymKey(key_id='86144ba1f0fec55e')
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_KEY_BYTES:
            raise KeyMaterialError(
                f"the pseudonym key has {len(self.secret)} bytes, at least {MIN_KEY_BYTES} are needed",
                cure=f"make one with {_HOW_TO_MAKE}",
            )

    def __repr__(self) -> str:
        return f"PseudonymKey(key_id={self.key_id!r})"

    @property
    def key_id(self) -> str:
        """Which key made a digest: 16 hex characters that do not give the key away."""
        return hashlib.sha256(_KEY_ID_LABEL + self.secret).hexdigest()[:16]

    def digest(self, kind: str, value: str) -> str:
        """Keyed digest of one identifier value, normalised first; 64 hex characters."""
        text = normalised(kind, value)
        message = _DIGEST_LABEL + kind.encode("utf-8", "surrogatepass") + b"\0" + text.encode("utf-8", "surrogatepass")
        return hmac.digest(self.secret, message, "sha256").hex()

    def digests(self, kinds: pa.Array, values: pa.Array) -> pa.Array:
        """Keyed digests of a batch; null where kind or value is null.

        Both arrays hold text or bytes. Cost: one HMAC per distinct pair, about 3 s a million.
        Bytes that are not UTF-8 get some digest: their rows are rejected elsewhere.
        """
        zero = pa.scalar(b"\0", pa.binary())
        pairs = pc.binary_join_element_wise(kinds.cast(pa.binary()), values.cast(pa.binary()), zero).dictionary_encode()
        distinct = (pair.decode("utf-8", "replace").partition("\0") for pair in pairs.dictionary.to_pylist())
        made = pa.array([self.digest(kind, value) for kind, _, value in distinct], pa.string())
        return made.take(pairs.indices)


def read_key(environment: Mapping[str, str]) -> PseudonymKey:
    """The key that ``GRAPHFRAUD_KEY`` holds or ``GRAPHFRAUD_KEY_FILE`` names; the former wins.

    Raises:
        KeyMaterialError: absent, too short, not hex, or in a file that others may read.
    """
    if text := environment.get(KEY_VARIABLE, "").strip():
        return _key(text, KEY_VARIABLE)
    if name := environment.get(KEY_FILE_VARIABLE, ""):
        return _key(_key_text(Path(name)), name)
    raise KeyMaterialError(
        "no pseudonym key is given",
        where=KEY_VARIABLE,
        cure=f"set {KEY_VARIABLE}, or {KEY_FILE_VARIABLE} to a file of mode 0600 that holds it; "
        f"make one with {_HOW_TO_MAKE}",
    )


def create_key_file(path: Path) -> PseudonymKey:
    """A new random key, written to ``path`` with mode 0600 in one step; never over an existing file.

    Raises:
        KeyMaterialError: the file exists already or cannot be written.
    """
    text = secrets.token_hex(MIN_KEY_BYTES)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, path)
    except OSError as error:
        raise KeyMaterialError(
            f"the key file cannot be made ({error.strerror})",
            where=str(path),
            cure=f"name another place, or read the existing key by {KEY_FILE_VARIABLE}",
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return _key(text, str(path))


def _key(text: str, where: str) -> PseudonymKey:
    if not _HEX.fullmatch(text) or len(text) < 2 * MIN_KEY_BYTES:
        raise KeyMaterialError(
            f"the pseudonym key is not hex of at least {MIN_KEY_BYTES} bytes",
            where=where,
            cure=f"make one with {_HOW_TO_MAKE}",
        )
    return PseudonymKey(bytes.fromhex(text))


def _key_text(path: Path) -> str:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # a pipe must not hang
            _check_private(os.fstat(file.fileno()), path)
            return file.read(_MAX_FILE_BYTES).decode("ascii", "replace").strip()
    except OSError as error:
        raise KeyMaterialError(
            f"the key file cannot be read ({error.strerror})",
            where=str(path),
            cure=f"correct {KEY_FILE_VARIABLE} or the rights of the file",
        ) from error


def _check_private(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeyMaterialError("the key file is not a regular file", where=str(path), cure="name a file")
    if status.st_uid != os.geteuid():
        raise KeyMaterialError("the key file belongs to somebody else", where=str(path), cure="copy it, mode 0600")
    if status.st_mode & 0o077:
        raise KeyMaterialError(
            f"others may read the key file (mode {stat.S_IMODE(status.st_mode):04o})",
            where=str(path),
            cure=f"chmod 600 {path}",
        )
