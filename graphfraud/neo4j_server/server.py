"""Starts, stops and administers the server of one home; several calls at once do no harm."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from graphfraud.errors import StoreError
from graphfraud.neo4j_server.artefacts import jars, java, java_options, lay_procedures
from graphfraud.neo4j_server.bolt import answers
from graphfraud.neo4j_server.certificate import make_certificate
from graphfraud.neo4j_server.configuration import Options, choose_ports, neo4j_conf
from graphfraud.neo4j_server.home import Home, Running
from graphfraud.neo4j_server.password import choose_password, write_private
from graphfraud.neo4j_server.process import is_gone, is_ours, last_lines, set_loose

START_S: Final = 180.0
"""A server that does not answer after this is ended."""
STOP_S: Final = 120.0
"""A clean stop writes a checkpoint; it may take so long."""
_POLL_S: Final = 0.1


def start(home: Home, options: Options, environment: Mapping[str, str]) -> tuple[Running, bool]:
    """The running server of a home, and whether this call started it; returns once it answers on Bolt.

    A server that runs already is left as it is, whatever the options say.

    Raises:
        PrerequisiteError: Java, Maven, openssl or the jars cannot be had.
        UsageError: the port is taken, or the password cannot be used.
        StoreError: the server ended, or did not answer in time.
    """
    with home.exclusive():
        present = running(home)
        if present is not None:
            return present, False
        _let_the_last_end(home)
        bolt, browser = choose_ports(home, options)
        command = _command(home, options, environment)
        planned = Running(process=0, port=bolt, tls=options.tls, gds=options.gds, browser_port=browser)
        (home.conf / "neo4j.conf").write_text(neo4j_conf(options, planned), encoding="utf-8")
        process = set_loose(command, console=home.console, directory=home.path, environment=_without_ours(environment))
        started = Running(process, bolt, tls=options.tls, gds=options.gds, browser_port=browser)
        home.write_record(started)
        _wait_until_it_answers(home, started)
        return started, True


def running(home: Home) -> Running | None:
    """The server of this home, if its process is alive."""
    recorded = home.recorded()
    return recorded if recorded is not None and is_ours(recorded.process, _mark(home)) else None


def _let_the_last_end(home: Home) -> None:
    """A server that somebody just killed holds its store for a moment more; a new one would find it locked."""
    last = home.recorded()
    if last is not None and not is_gone(last.process, _mark(home), within=STOP_S):
        raise StoreError(
            f"the server before still ends after {STOP_S:.0f} s (process {last.process})",
            where=str(home.path),
            cure="wait, then start it again",
        )


def stop(home: Home) -> bool:
    """End the server cleanly; whether there was one.

    Raises:
        StoreError: it did not end in time; it is left alone, for it may be writing.
    """
    if home.recorded() is None:
        return False
    with home.exclusive():
        present = running(home)
        if present is None:
            return False
        os.kill(present.process, signal.SIGTERM)
        if not is_gone(present.process, _mark(home), within=STOP_S):
            raise StoreError(
                f"the server still stops after {STOP_S:.0f} s (process {present.process})",
                where=str(home.path),
                cure=f"wait, or end it: kill -9 {present.process}; it recovers at the next start",
            )
        return True


def kill(home: Home) -> bool:
    """End the server as a power cut would, for tests of recovery; whether there was one."""
    present = running(home)
    if present is None:
        return False
    os.kill(present.process, signal.SIGKILL)
    return is_gone(present.process, _mark(home), within=STOP_S)


def admin(home: Home, *words: str, environment: Mapping[str, str], directory: Path | None = None) -> str:
    """What ``neo4j-admin`` says to these words about this home, for example ``database import full``.

    Names of files are looked for in ``directory``, else in the home.

    Raises:
        PrerequisiteError: Java, Maven or the jars cannot be had.
        StoreError: it failed; the message carries the end of what it said.
    """
    home.make()
    command = [*_java(home, environment, gds=False), "org.neo4j.cli.AdminTool", *words]
    (home.conf / "neo4j.conf").touch()
    placed = {**_without_ours(environment), "NEO4J_HOME": str(home.path), "NEO4J_CONF": str(home.conf)}
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=directory or home.path, env=placed)  # noqa: S603  # no shell reads the words
    if said.returncode:
        raise StoreError(
            f"neo4j-admin {' '.join(words[:3])} failed ({last_lines(said.stdout + said.stderr)})",
            where=str(home.path),
            cure="correct the words; stop the server first if it holds the data",
        )
    return said.stdout


def _mark(home: Home) -> str:
    return f"--home-dir={home.path}"


def _without_ours(environment: Mapping[str, str]) -> dict[str, str]:
    """The server needs neither the pseudonym key nor a password in its environment."""
    return {name: value for name, value in environment.items() if not name.startswith("GRAPHFRAUD_")}


def _java(home: Home, environment: Mapping[str, str], *, gds: bool) -> list[str]:
    return [str(java(environment)), *java_options(home, jars(home, environment, gds=gds))]


def _command(home: Home, options: Options, environment: Mapping[str, str]) -> list[str]:
    """The command of the server, after all that must be there before it runs."""
    program, *java_words = _java(home, environment, gds=options.gds)
    lay_procedures(home, jars(home, environment, gds=options.gds), gds=options.gds)
    if options.tls:
        make_certificate(home, environment)
    password = choose_password(home, environment)
    if not home.has_password:
        _set_password(home, password, environment)
    memory = [f"-Xms{options.heap}", f"-Xmx{options.heap}"]
    entry = ["org.neo4j.server.CommunityEntryPoint", _mark(home), f"--config-dir={home.conf}"]
    return [program, *memory, *java_words, *entry]


def _set_password(home: Home, password: str, environment: Mapping[str, str]) -> None:
    """Through a file of arguments, so that no list of processes ever shows the password."""
    write_private(home.password_file, password + "\n")
    arguments = home.scratch / "arguments"
    escaped = password.replace("\\", "\\\\").replace('"', '\\"')
    write_private(arguments, f'-- "{escaped}"')
    try:
        admin(home, "dbms", "set-initial-password", f"@{arguments}", environment=environment)
    finally:
        arguments.unlink()


def _wait_until_it_answers(home: Home, started: Running) -> None:
    deadline = time.monotonic() + START_S
    while not answers(home, started):
        if not is_ours(started.process, _mark(home)):
            raise StoreError(
                f"the server ended while it started ({last_lines(home.said())})",
                where=str(home.console.parent),
                cure="correct what it names, then start it again",
            )
        if time.monotonic() > deadline:
            kill(home)
            raise StoreError(
                f"the server did not answer within {START_S:.0f} s",
                where=str(home.console.parent),
                cure="read the logs",
            )
        time.sleep(_POLL_S)
