"""The one directory that a server writes to, and what was written there about it."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import msgspec

from graphfraud.errors import StoreError

NEO4J_VERSION: Final = "5.26.30"
USER: Final = "neo4j"


class Running(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A server as it was started; ``browser_port`` is 0 when Neo4j Browser is not served."""

    process: int
    port: int
    tls: bool = False
    gds: bool = False
    browser_port: int = 0

    @property
    def uri(self) -> str:
        """Address for drivers; with TLS one that trusts the certificate the server made for itself.

        >>> Running(process=1, port=7687, tls=True).uri
        'bolt+ssc://127.0.0.1:7687'
        """
        return f"{'bolt+ssc' if self.tls else 'bolt'}://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Home:
    """Where one server keeps all it has: settings, data, logs, password, certificate."""

    path: Path

    @classmethod
    def named(cls, path: Path | None, environment: Mapping[str, str]) -> Self:
        """The directory given, else ``GRAPHFRAUD_NEO4J_HOME``, else one in the user's cache."""
        if path is None:
            named = environment.get("GRAPHFRAUD_NEO4J_HOME")
            cache = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
            path = Path(named) if named else cache / "graphfraud" / f"neo4j-{NEO4J_VERSION}"
        return cls(path.resolve())

    @property
    def conf(self) -> Path:
        """Directory of ``neo4j.conf``."""
        return self.path / "conf"

    @property
    def plugins(self) -> Path:
        """Directory that the server searches for procedures."""
        return self.path / "plugins"

    @property
    def certificates(self) -> Path:
        """Directory of the key and the certificate for Bolt."""
        return self.path / "certificates" / "bolt"

    @property
    def scratch(self) -> Path:
        """Directory for what would otherwise go to the machine's temporary directory."""
        return self.path / "tmp"

    @property
    def password_file(self) -> Path:
        """The password of the first start, readable by the owner only."""
        return self.path / "password"

    @property
    def console(self) -> Path:
        """What the server says while it starts and stops."""
        return self.path / "logs" / "console.log"

    @property
    def has_password(self) -> bool:
        """The server's user exists, so that an initial password would change nothing."""
        return (self.path / "data" / "dbms" / "auth.ini").exists()

    @property
    def record(self) -> Path:
        """What is known of the last start."""
        return self.path / "server.json"

    def recorded(self) -> Running | None:
        """The last start, whether or not it still runs; ``None`` before the first."""
        try:
            return msgspec.json.decode(self.record.read_bytes(), type=Running)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            raise StoreError("the record of the server is damaged", where=str(self.record), cure="delete it") from error

    def write_record(self, running: Running) -> None:
        """Remember a start; a reader sees the old record or the new one."""
        beside = self.record.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(running))
        beside.replace(self.record)

    def said(self) -> str:
        """What Java printed, else what the server logged for people."""
        for log in (self.console, self.console.with_name("neo4j.log")):
            text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            if text.strip():
                return text
        return ""

    def make(self) -> None:
        """Create the directories that the server expects, for the owner only."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for directory in (self.conf, self.plugins, self.certificates, self.scratch, self.console.parent):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the directory cannot be made ({error.strerror})",
                where=str(self.path),
                cure="give another --home",
            ) from error

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep two commands from starting or stopping the same server at once; the second waits."""
        self.make()
        with (self.path / "lock").open("w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
