"""What a user reads when Java, Maven or the artefacts are missing."""

import os
from pathlib import Path

import pytest

from graphfraud.neo4j_server.artefacts import POM, PrerequisiteError, classpath_file, jars, java
from graphfraud.neo4j_server.certificate import make_certificate
from graphfraud.neo4j_server.home import NEO4J_VERSION, Home


def _program(directory: Path, name: str, *says: str) -> None:
    """A program that prints lines on both outputs and fails."""
    lines = "".join(f"echo '{line}'; echo '{line}' >&2\n" for line in says)
    path = directory / name
    path.write_text(f"#!/bin/sh\n{lines}exit 1\n", encoding="utf-8")
    path.chmod(0o755)


def test_no_java(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteError, match=r"Java was not found\. To cure it: install Java 17"):
        java({"PATH": str(tmp_path)})


def test_java_home_wins_over_the_path(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteError, match=f"^{tmp_path}: Java was not found"):
        java({**os.environ, "JAVA_HOME": str(tmp_path)})


@pytest.mark.parametrize("version", ["1.8.0_392", "11.0.22", "16.0.2"])
def test_an_old_java(tmp_path: Path, version: str) -> None:
    _program(tmp_path, "java", f'openjdk version "{version}" 2024-01-16')
    with pytest.raises(PrerequisiteError, match="Java is older than 17"):
        java({"PATH": str(tmp_path)})


@pytest.mark.parametrize("version", ["17", "17.0.15", "21.0.3"])
def test_a_java_that_will_do(tmp_path: Path, version: str) -> None:
    _program(tmp_path, "java", "Picked up JAVA_TOOL_OPTIONS: -Xmx1g", f'openjdk version "{version}" 2024-01-16')
    assert java({"PATH": str(tmp_path)}) == tmp_path / "java"


def test_no_maven(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteError, match=r"Maven was not found\. To cure it: install it"):
        jars(Home(tmp_path), {"PATH": str(tmp_path)}, gds=False)


def test_maven_that_cannot_fetch_says_what_and_how_to_go_on(tmp_path: Path) -> None:
    _program(
        tmp_path, "mvn", "[\033[1;31mERROR\033[m] Could not transfer artefact: unknown host -> [Help 1]", "[ERROR] more"
    )
    with pytest.raises(PrerequisiteError) as refused:
        jars(Home(tmp_path), {"PATH": f"{tmp_path}:{os.environ['PATH']}"}, gds=False)
    assert "(Could not transfer artefact: unknown host)" in refused.value.message
    assert "docker compose up" in refused.value.cure


def test_remembered_jars_need_no_maven_until_one_is_gone(tmp_path: Path) -> None:
    paths = (tmp_path / "a.jar", tmp_path / "b.jar")
    for path in paths:
        path.touch()
    classpath_file(Home(tmp_path), gds=False).write_text(os.pathsep.join(map(str, paths)) + "\n", encoding="utf-8")
    assert jars(Home(tmp_path), {"PATH": ""}, gds=False) == paths
    paths[1].unlink()
    with pytest.raises(PrerequisiteError, match="Maven was not found"):
        jars(Home(tmp_path), {"PATH": str(tmp_path)}, gds=False)


def test_no_openssl(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteError, match=r"openssl was not found.*leave out --tls"):
        make_certificate(Home(tmp_path), {"PATH": str(tmp_path)})


def test_the_version_that_is_named_is_the_one_that_is_fetched() -> None:
    assert f"<neo4j.version>{NEO4J_VERSION}</neo4j.version>" in POM.read_text(encoding="utf-8")
