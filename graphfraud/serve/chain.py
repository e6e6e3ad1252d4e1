"""A chain: lines of JSON of which none can be removed, changed or moved without showing.

Each line ends in the SHA-256 over the hash of the line before it and its own content; the
first follows a hash of the chain's name. Beside ``NAME.jsonl`` stands ``NAME.head`` with the
number and hash of the last line that was wholly written, so that a missing end shows too.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from graphfraud.errors import AuditError

PIECE: Final = 2047
"""Bytes that are hashed in one go: with more, Python lets other threads run meanwhile."""
_MARK: Final = b',"hash":"'
_HEX: Final = 64
HEAD_BYTES: Final = 128


class Head(msgspec.Struct, frozen=True):
    """The end of a chain: how many lines it has, and the hash of the last one."""

    n: int
    hash: str


@dataclass(frozen=True)
class Line:
    """One line of a chain: its number, its hash, its bytes."""

    n: int
    hash: str
    content: bytes


class Chain:
    """The one writer of a chain; a line that an earlier writer left half-written is cut off.

    Raises:
        AuditError: lines are missing at the end of what was there.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._head_file = os.open(folder / f"{name}.head", os.O_RDWR | os.O_CREAT, 0o600)
        self._file = os.open(folder / f"{name}.jsonl", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.head = self._recover(folder / f"{name}.jsonl")
        self._note()

    def append(self, events: Sequence[bytes], *, durable: bool) -> None:
        """Add JSON objects as lines; with ``durable`` they survive a power cut.

        Raises:
            AuditError: they cannot be written; the next call takes away what was written of them.
        """
        lines, head = [], self.head
        for event in events:
            line, head = linked(head, event)
            lines.append(line)
        try:
            if os.fstat(self._file).st_size != self._whole:  # what a failure before left
                os.ftruncate(self._file, self._whole)
            _write_whole(self._file, b"".join(lines))
            if durable:
                os.fdatasync(self._file)
        except OSError as error:
            raise AuditError(
                f"the audit log cannot be written ({error.strerror})", where=self.name, cure="make room on the disk"
            ) from error
        self._whole += sum(map(len, lines))
        self.head = head
        self._note()

    def close(self) -> None:
        """Let go of the files."""
        os.close(self._file)
        os.close(self._head_file)

    def _note(self) -> None:
        os.pwrite(self._head_file, msgspec.json.encode(self.head).ljust(HEAD_BYTES), 0)

    def _recover(self, path: Path) -> Head:
        head = first(self.name)
        whole = 0
        with path.open("rb") as lines:
            lines.seek(max(0, _last_line(path)))
            whole = lines.tell()
            for raw in lines:
                if raw.endswith(b"\n"):
                    whole += len(raw)
                    head = Head(msgspec.json.decode(raw, type=Head).n, _hash_of(raw))
        if os.fstat(self._head_file).st_size and head_of(path).n > head.n:
            raise _changed(path, head.n + 1)
        os.ftruncate(self._file, whole)
        self._whole = whole
        return head


def first(name: str) -> Head:
    """What the first line of a chain follows."""
    return Head(0, hashlib.sha256(f"graphfraud audit 1\0{name}".encode()).hexdigest())


def linked(head: Head, event: bytes) -> tuple[bytes, Head]:
    """The line that adds a JSON object to a chain, and the chain's new head."""
    content = b'{"n":%d,' % (head.n + 1) + event[1:-1]
    digest = _digest(head, content)
    return content + _MARK + digest.encode() + b'"}\n', Head(head.n + 1, digest)


def _digest(head: Head, content: bytes) -> str:
    """SHA-256 of a line behind the one before, in pieces so short that who writes need not wait for a turn after each.

    That cost a batch of a thousand people a sixth of the worker's time.
    """
    digest, view = hashlib.sha256(head.hash.encode()), memoryview(content)
    for start in range(0, len(content), PIECE):
        digest.update(view[start : start + PIECE])
    return digest.hexdigest()


def verified(path: Path) -> Iterator[Line]:
    """Every line of a chain, each checked against the one before it.

    Raises:
        AuditError: a line was changed, removed or moved, or the end is missing.
    """
    head = first(path.stem)
    with path.open("rb") as lines:
        for raw in lines:
            content, mark, end = raw.rpartition(_MARK)
            expected = _digest(head, content)
            told = content.startswith(b'{"n":%d,' % (head.n + 1))
            if not mark or end != expected.encode() + b'"}\n' or not told:
                raise _changed(path, head.n + 1)
            head = Head(head.n + 1, expected)
            yield Line(head.n, head.hash, raw)
    _check_end(path, head)


def head_of(path: Path) -> Head:
    """The end of a chain as its writer noted it.

    Raises:
        AuditError: the note is absent or unreadable.
    """
    beside = path.with_suffix(".head")
    try:
        return msgspec.json.decode(beside.read_bytes(), type=Head)
    except (OSError, msgspec.DecodeError) as error:
        raise AuditError("the end of the chain was not noted", where=str(beside), cure="compare a backup") from error


def _check_end(path: Path, seen: Head) -> None:
    """A writer that was killed may have noted less than it wrote, never more."""
    noted = head_of(path)
    if noted.n > seen.n or (noted.n == seen.n and noted.hash != seen.hash):
        raise _changed(path, seen.n + 1)


def _changed(path: Path, n: int) -> AuditError:
    return AuditError(f"line {n} was changed, removed or moved", where=str(path), cure="compare a backup")


def _hash_of(raw: bytes) -> str:
    return raw[-_HEX - 3 : -3].decode("ascii")


def _last_line(path: Path) -> int:
    """Where the last whole line begins."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        step, text = 1 << 16, b""
        while end > 0 and text.count(b"\n") < 2:
            start = max(0, end - step)
            file.seek(start)
            text = file.read(end - start) + text
            end = start
        whole = text[: text.rfind(b"\n")] if b"\n" in text else b""
        return end + (whole.rfind(b"\n") + 1 if b"\n" in whole else 0)


def _write_whole(file: int, content: bytes) -> None:
    written = 0
    while written < len(content):
        written += os.write(file, content[written:])


def taken(folder: Path, *, most: int) -> tuple[str, int]:
    """The name of the first chain that no living process writes, and the lock that holds it.

    Raises:
        AuditError: all are taken.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for place in range(most):
        lock = os.open(folder / f".worker-{place}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            continue
        return f"worker-{place}", lock
    raise AuditError("too many writers", where=str(folder), cure="stop the other service")
