"""The command line: what it prints and with which status it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphfraud.neo4j_server.__main__ import usage
from graphfraud.neo4j_server.home import Home, Running


def _run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "graphfraud.neo4j_server", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


@pytest.mark.parametrize(("command", "status"), [("status", 1), ("stop", 0)])
def test_asking_about_no_server_makes_no_files(tmp_path: Path, command: str, status: int) -> None:
    said = _run(command, "--home", str(tmp_path / "home"))
    assert said.returncode == status
    assert str(tmp_path / "home") in said.stdout
    assert not (tmp_path / "home").exists()


def test_a_failure_is_one_line_with_a_cure(tmp_path: Path) -> None:
    said = _run("start", "--home", str(tmp_path / "home"), PATH=str(tmp_path), JAVA_HOME="")
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "Java was not found. To cure it: install Java 17" in said.stderr


def test_wrong_words_end_with_status_2(tmp_path: Path) -> None:
    assert _run("start", "--home", str(tmp_path), "--heap", "lots").returncode == 2
    assert _run("start", "--home", str(tmp_path), "--port", "70000").returncode == 2


def test_what_to_export_can_be_pasted(tmp_path: Path) -> None:
    home = Home(tmp_path / "it's here")
    home.make()
    home.password_file.write_text("secret\n", encoding="utf-8")
    text = usage(home, Running(process=1, port=7687, tls=True, browser_port=7474), state="answers")
    assert "secret" not in text
    exports = "\n".join(line for line in text.splitlines() if line.startswith("  export"))
    said = subprocess.run(
        ["sh", "-c", f"{exports}\nenv"], capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]}
    )
    assert "GRAPHFRAUD_STORE=bolt+ssc://127.0.0.1:7687\n" in said.stdout
    assert "GRAPHFRAUD_NEO4J_PASSWORD=secret\n" in said.stdout
    assert "http://127.0.0.1:7474/browser/" in text
