"""What is here, what is missing, and how to get it."""

import importlib.metadata
import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graphfraud.errors import GraphfraudError
from graphfraud.publish.runs import Runs
from graphfraud.sources.pseudonym import read_key

REQUIRED: Final = ("duckdb", "deltalake", "pyarrow", "numba", "igraph", "fastapi", "gunicorn", "uvicorn")
EXTRAS: Final = {"neo4j": "neo4j", "spark": "pyspark", "page": "nicegui"}
MIN_FREE_GB: Final = 2.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``cure`` is empty where nothing is to be done."""

    what: str
    state: str
    fine: bool
    cure: str = ""


def findings(store: str, runs: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Everything a night and the service need, then what is optional."""
    yield Finding("Python", platform.python_version(), fine=True)
    for name in REQUIRED:
        yield _package(name)
    yield _key(environment)
    yield _disk(Path(store) if "://" not in store else Path.cwd())
    yield _current(runs)
    for extra, name in EXTRAS.items():
        found = _package(name)
        cure = "" if found.fine else f"pip install 'graphfraud[{extra}]'"
        yield Finding(f"{extra} (optional)", found.state, fine=True, cure=cure)
    java = shutil.which("java")
    yield Finding(
        "Java (optional)", java or "not found", fine=True, cure="" if java else "only make neo4j and Spark need it"
    )


def _package(name: str) -> Finding:
    try:
        return Finding(name, importlib.metadata.version(name), fine=True)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "not installed", fine=False, cure="pip install graphfraud")


def _key(environment: Mapping[str, str]) -> Finding:
    try:
        return Finding("pseudonym key", f"key_id {read_key(environment).key_id}", fine=True)
    except GraphfraudError as error:
        return Finding("pseudonym key", error.what, fine=False, cure=error.cure)


def _disk(place: Path) -> Finding:
    there = next(path for path in [place.absolute(), *place.absolute().parents] if path.exists())
    free = shutil.disk_usage(there).free / 1e9
    writable = os.access(there, os.W_OK)
    fine = free >= MIN_FREE_GB and writable
    state = f"{free:.0f} GB free at {there}" + ("" if writable else ", not writable")
    return Finding("disk", state, fine=fine, cure="" if fine else "give --store another directory")


def _current(runs: Path) -> Finding:
    try:
        run = Runs(runs).must_have_current()
        return Finding("current run", f"{run.run_id}, as-of {run.manifest['as_of']}", fine=True)
    except GraphfraudError as error:
        return Finding("current run", error.what, fine=True, cure=error.cure)
