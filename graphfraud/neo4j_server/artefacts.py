"""Java and the jars: what is needed from outside, and the cure when it is not there."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from graphfraud.errors import StoreError
from graphfraud.neo4j_server.home import Home

_GOAL: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath"
POM: Final = Path(__file__).with_name("pom.xml")
MIN_JAVA: Final = 17
_OPENED: Final = ("java.nio", "java.io", "sun.nio.ch", "java.lang", "java.util.concurrent")


class PrerequisiteError(StoreError):
    """Java, Maven, openssl or the artefacts are not to be had on this machine."""


def java(environment: Mapping[str, str]) -> Path:
    """The Java to run: of ``JAVA_HOME``, else of the path.

    Raises:
        PrerequisiteError: there is none, or it is older than 17.
    """
    home = environment.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin") if home else environment.get("PATH", os.defpath))
    cure = "install Java 17 or 21 (Debian: apt-get install openjdk-17-jre-headless), or set JAVA_HOME"
    if found is None:
        raise PrerequisiteError("Java was not found", where=home or "PATH", cure=cure)
    said = subprocess.run([found, "-XX:-UsePerfData", "-version"], capture_output=True, text=True, check=False)  # noqa: S603  # found above
    version = re.search(r'version "(\d+)', said.stderr)
    if version is None or int(version[1]) < MIN_JAVA:
        raise PrerequisiteError(f"Java is older than {MIN_JAVA}", where=found, cure=cure)
    return Path(found)


def jars(home: Home, environment: Mapping[str, str], *, gds: bool) -> tuple[Path, ...]:
    """Paths of all jars in Maven's own repository; fetched at the first call, remembered in the home.

    Cost: one run of Maven, some 150 MB the first time on a machine; nothing afterwards.

    Raises:
        PrerequisiteError: Maven is absent or cannot fetch them.
    """
    remembered = classpath_file(home, gds=gds)
    found = _read(remembered)
    if not found:
        _resolve(remembered, environment, gds=gds)
        found = _read(remembered)
    if not found:
        raise PrerequisiteError(
            "Maven named no jars", where=str(POM), cure="empty its local repository, then try again"
        )
    return found


def classpath_file(home: Home, *, gds: bool) -> Path:
    """Where the paths of the jars are remembered; another list of artefacts has another file."""
    digest = hashlib.sha256(POM.read_bytes()).hexdigest()[:8]
    return home.path / f"classpath-{digest}{'-gds' if gds else ''}"


def java_options(home: Home, jars: tuple[Path, ...]) -> list[str]:
    """What each of Neo4j's programs needs; temporary files stay in the home."""
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    scratch = [f"-Djava.io.tmpdir={home.scratch}", f"-Djna.tmpdir={home.scratch}", "-XX:-UsePerfData"]
    return [*opened, *scratch, "-cp", os.pathsep.join(map(str, jars))]


def lay_procedures(home: Home, jars: tuple[Path, ...], *, gds: bool) -> None:
    """Put the jars with GDS procedures where the server looks for procedures, or take them away."""
    wanted = {jar.name: jar for jar in jars if gds and re.match(r"(proc-|.*procedure-facade-)", jar.name)}
    for present in home.plugins.glob("*.jar"):
        if present.name not in wanted:
            present.unlink()
    for name, jar in wanted.items():
        if not (home.plugins / name).exists():
            shutil.copyfile(jar, home.plugins / name)


def _read(remembered: Path) -> tuple[Path, ...]:
    """The remembered paths, or nothing when one of them is gone."""
    if not remembered.exists():
        return ()
    paths = tuple(map(Path, filter(None, remembered.read_text(encoding="utf-8").strip().split(os.pathsep))))
    return paths if all(path.is_file() for path in paths) else ()


def _resolve(remembered: Path, environment: Mapping[str, str], *, gds: bool) -> None:
    maven = shutil.which("mvn", path=environment.get("PATH", os.defpath))
    if maven is None:
        raise PrerequisiteError("Maven was not found", where="PATH", cure="install it (Debian: apt-get install maven)")
    command = [maven, "--batch-mode", "--quiet", "--strict-checksums", "--file", str(POM)]
    goal = [_GOAL, f"-Dmdep.outputFile={remembered}", "-DincludeScope=runtime"]
    said = subprocess.run(  # noqa: S603  # a found program and our own words
        [*command, *(["-Pgds"] if gds else []), *goal], capture_output=True, text=True, check=False, env=environment
    )
    if said.returncode:
        raise PrerequisiteError(
            f"Maven cannot fetch Neo4j ({_reason(said.stdout)})",
            where=str(POM),
            cure="give it a network or a mirror in ~/.m2/settings.xml, or start one with docker compose up",
        )


def _reason(said: str) -> str:
    """The first line of Maven's that names an error, without its colours and help."""
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in said.splitlines()]
    errors = [line.removeprefix("[ERROR]").strip() for line in lines if line.startswith("[ERROR]")]
    return errors[0].partition(" -> ")[0] if errors else "it did not say why"
