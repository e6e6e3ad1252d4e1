"""Where a server lives, its password, its settings, and how its process is told from others."""

import fcntl
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from graphfraud.errors import StoreError, UsageError
from graphfraud.neo4j_server import configuration, server
from graphfraud.neo4j_server.artefacts import lay_procedures
from graphfraud.neo4j_server.bolt import answers
from graphfraud.neo4j_server.configuration import Options, choose_ports, neo4j_conf
from graphfraud.neo4j_server.home import Home, Running
from graphfraud.neo4j_server.password import choose_password, write_private
from graphfraud.neo4j_server.process import is_gone, is_ours, set_loose


def test_the_home_is_what_was_said_last(tmp_path: Path) -> None:
    environment = {"GRAPHFRAUD_NEO4J_HOME": str(tmp_path / "b"), "XDG_CACHE_HOME": str(tmp_path / "c")}
    assert Home.named(tmp_path / "a", environment).path == tmp_path / "a"
    assert Home.named(None, environment).path == tmp_path / "b"
    del environment["GRAPHFRAUD_NEO4J_HOME"]
    assert Home.named(None, environment).path == tmp_path / "c" / "graphfraud" / "neo4j-5.26.30"


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.record.write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match=r"server\.json: the record of the server is damaged"):
        server.running(home)


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="the directory cannot be made"):
        Home(tmp_path / "file" / "home").make()


def test_a_random_password_is_new_each_time_and_long(tmp_path: Path) -> None:
    first, second = (choose_password(Home(tmp_path), {}) for _ in range(2))
    assert first != second
    assert len(bytes.fromhex(first)) == 16


def test_a_short_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the password has 7 characters"):
        choose_password(Home(tmp_path), {"GRAPHFRAUD_NEO4J_PASSWORD": "1234567"})
    assert choose_password(Home(tmp_path), {"GRAPHFRAUD_NEO4J_PASSWORD": "12345678"}) == "12345678"


def test_a_lost_password_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data" / "dbms").mkdir(parents=True)
    (tmp_path / "data" / "dbms" / "auth.ini").touch()
    with pytest.raises(StoreError, match="the password file is gone"):
        choose_password(Home(tmp_path), {})


def test_a_private_file_is_private_even_over_an_open_one(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch(mode=0o644)
    write_private(path, "x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("browser", [0, 7474])
@pytest.mark.parametrize("tls", [False, True])
def test_every_address_is_loopback_and_a_password_is_always_asked(browser: int, tls: bool) -> None:
    running = Running(process=1, port=7687, tls=tls, browser_port=browser)
    settings = dict(line.split("=", 1) for line in neo4j_conf(Options(tls=tls), running).splitlines())
    addresses = {value.partition(":")[0] for name, value in settings.items() if name.endswith("_address")}
    assert addresses == {"127.0.0.1"}
    assert settings["dbms.security.auth_enabled"] == "true"
    assert settings["dbms.usage_report.enabled"] == "false"
    assert settings["server.http.enabled"] == ("true" if browser else "false")
    assert settings.get("server.bolt.tls_level") == ("REQUIRED" if tls else None)


@pytest.mark.parametrize("amount", ["", "1", "0g", "1 g", "1g\nx=y", "lots"])
def test_an_amount_of_memory_is_checked_before_java_sees_it(amount: str) -> None:
    with pytest.raises(UsageError, match="is not an amount of memory"):
        Options(heap=amount)


def test_a_port_that_a_killed_server_still_holds_is_waited_for(tmp_path: Path) -> None:
    home = Home(tmp_path)
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    home.write_record(Running(process=1, port=port))
    threading.Timer(0.3, taken.close).start()
    assert choose_ports(home, Options()) == (port, 0)


def test_ports_of_the_last_start_are_kept_while_they_are_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_GIVEN_BACK_S", 0.2)
    home = Home(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        home.write_record(Running(process=1, port=port))
        assert choose_ports(home, Options())[0] != port
        with pytest.raises(UsageError, match=f"port {port} is taken"):
            choose_ports(home, Options(port=port))
    assert choose_ports(home, Options()) == (port, 0)
    assert choose_ports(home, Options(browser=True))[1] > 0


def test_a_taken_port_is_named_before_anything_is_fetched(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="is taken"):
        server.start(Home(tmp_path), Options(port=taken.getsockname()[1]), {"PATH": ""})


def test_procedures_come_with_gds_and_go_without(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    names = ("proc-2.13.9.jar", "proc-sysinfo-2.13.9.jar", "algorithms-procedure-facade-2.13.9.jar", "core-2.13.9.jar")
    paths = tuple(tmp_path / name for name in names)
    for path in paths:
        path.write_bytes(b"jar")
    lay_procedures(home, paths, gds=True)
    assert {path.name for path in home.plugins.iterdir()} == set(names[:3])
    lay_procedures(home, paths, gds=False)
    assert not list(home.plugins.iterdir())


def test_only_bolt_counts_as_an_answer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as web:
        running = Running(process=1, port=web.getsockname()[1])
        program = (
            "import socket, sys; s = socket.socket(fileno=int(sys.argv[1])); c, _ = s.accept(); c.sendall(b'HTTP')"
        )
        words = [sys.executable, "-c", program, str(web.fileno())]
        with subprocess.Popen(words, pass_fds=[web.fileno()]):
            assert not answers(Home(tmp_path), running)
    assert not answers(Home(tmp_path), running)


def test_a_process_is_known_by_its_home_and_not_by_its_number(tmp_path: Path) -> None:
    mark = "--home-dir=/a"
    program = "import sys; print('said'); sys.stdout.flush(); sys.stdin.read(); import time; time.sleep(60)"
    words = [sys.executable, "-c", program, mark]
    process = set_loose(words, console=tmp_path / "console", directory=tmp_path, environment=os.environ)
    try:
        assert is_ours(process, mark)
        assert not is_ours(process, "--home-dir=/ab")
        assert not is_ours(process, "--home-dir=/")
        assert not is_gone(process, mark, within=0.2)
    finally:
        os.kill(process, 9)
    assert is_gone(process, mark, within=10)


@pytest.mark.skipif(not Path("/proc/2/stat").exists(), reason="only Linux shows the kernel's own processes")
def test_a_number_that_the_kernel_took_is_no_server_that_ends() -> None:
    assert is_gone(2, "--home-dir=/a", within=0)


def test_a_process_is_gone_when_its_locks_are_free(tmp_path: Path) -> None:
    """A process that ends gives its memory back first, which takes a while, and its files last."""
    mark, lock, ready = f"--home-dir={tmp_path}", tmp_path / "lock", tmp_path / "ready"
    holding = (
        "import fcntl, pathlib, sys, time; lock = open(sys.argv[2], 'w'); fcntl.flock(lock, fcntl.LOCK_EX); "
        "full = bytearray(b'x') * (400 << 20); pathlib.Path(sys.argv[3]).touch(); time.sleep(60)"
    )
    process = set_loose(
        [sys.executable, "-c", holding, mark, str(lock), str(ready)],
        console=tmp_path / "console",
        directory=tmp_path,
        environment={},
    )
    while not ready.exists():
        assert is_ours(process, mark), (tmp_path / "console").read_text()
        time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    assert is_gone(process, mark, within=30)
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises when the lock is still held
