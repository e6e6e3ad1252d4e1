"""The library: every query file read once into a record, its header whole or refused.

``cypher/<topic>/NAME.cypher`` is a query for Neo4j; ``graphfraud/investigate/sql/NAME.sql`` is its
twin for the lake. Both open with the same header; lines ``:param`` are for Neo4j Browser alone.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from graphfraud.errors import NotFoundError, UsageError
from graphfraud.investigate.parameters import Parameter, declared
from graphfraud.queries import PACKAGE, cypher_home

TOPICS: Final = ("investigate", "rings", "debt", "money", "quality")
FIELDS: Final = ("purpose", "zh", "parameters", "returns", "cost", "example")
ONLY_FILES: Final = ("what_changed",)
"""Queries that read files of runs alone, whatever the store: a graph keeps only the current run."""
TWINS: Final = PACKAGE / "investigate" / "sql"
_FIELD: Final = re.compile(r"(?P<name>[a-z]+):\s*(?P<value>.*)")


@dataclass(frozen=True)
class Query:
    """One question: what it is for, what it takes and gives, and its text in Cypher, in SQL, or in both."""

    name: str
    topic: str
    purpose: str
    zh: str
    parameters: tuple[Parameter, ...]
    returns: tuple[str, ...]
    one: bool
    """Always exactly one record."""
    cost: str
    example: str
    cypher: str
    sql: str
    browser: str
    """The text to paste into Neo4j Browser, with its ``:param`` lines."""

    @property
    def places(self) -> tuple[str, ...]:
        """Where it can be asked."""
        return tuple(place for place, text in (("neo4j", self.cypher), ("lake", self.sql)) if text)


@dataclass(frozen=True)
class Header:
    """The comment lines at the head of a query file, field by field, and the text below."""

    fields: dict[str, tuple[str, ...]]
    text: str

    def line(self, name: str) -> str:
        """A field as one line."""
        return " ".join(self.fields[name])


def header(text: str, *, mark: str, where: str) -> Header:
    """The header of a file whose comments begin with ``mark``.

    Raises:
        UsageError: a field is missing, unknown, or not in its place.
    """
    fields: dict[str, list[str]] = {}
    lines = text.splitlines()
    count = 0
    for line in lines:
        if not line.startswith(mark):
            break
        count += 1
        content = line.removeprefix(mark).strip()
        found = _FIELD.fullmatch(content)
        if found and found["name"] in FIELDS:
            fields[found["name"]] = [found["value"]]
        elif fields:
            next(reversed(fields.values())).append(content)
    if tuple(fields) != FIELDS:
        raise UsageError(
            f"the header has {', '.join(fields) or 'nothing'}", where=where, cure=f"it must have {', '.join(FIELDS)}"
        )
    body = [line for line in lines[count:] if not line.startswith(":param ")]
    return Header({name: tuple(value) for name, value in fields.items()}, "\n".join(body).strip() + "\n")


@cache
def library() -> dict[str, Query]:
    """Every query by name, topic after topic."""
    found: dict[str, Query] = {}
    for topic in TOPICS:
        for path in sorted((cypher_home() / topic).glob("*.cypher")):
            found[path.stem] = _query(path.stem, topic, path, TWINS / f"{path.stem}.sql")
    for name in ONLY_FILES:
        found[name] = _query(name, "rings", None, TWINS / f"{name}.sql")
    return found


def query_named(name: str) -> Query:
    """The query of a name.

    Raises:
        NotFoundError: the library has none.
    """
    found = library().get(name)
    if found is None:
        raise NotFoundError(f"no query {name[:128]!r}", cure="graphfraud queries lists them")
    return found


def _query(name: str, topic: str, graph: Path | None, lake: Path) -> Query:
    texts = {"//": graph, "--": lake if lake.is_file() else None}
    read = {mark: path.read_text(encoding="utf-8") for mark, path in texts.items() if path is not None}
    heads = {mark: header(text, mark=mark, where=name) for mark, text in read.items()}
    first, *others = heads.values()
    for other in others:
        differing = [field for field in FIELDS if field != "cost" and first.fields[field] != other.fields[field]]
        if differing:
            raise UsageError(f"the twins differ in {', '.join(differing)}", where=name, cure="make the headers alike")
    returns = first.line("returns")
    lines = [line for line in first.fields["parameters"] if line != "none"]
    return Query(
        name=name,
        topic=topic,
        purpose=first.line("purpose"),
        zh=first.line("zh"),
        parameters=tuple(declared(line, where=name) for line in lines),
        returns=tuple(word.strip() for word in returns.partition(": ")[2].split(",")),
        one=returns.startswith("one record"),
        cost=first.line("cost"),
        example=first.line("example"),
        cypher=heads["//"].text if "//" in heads else "",
        sql=heads["--"].text if "--" in heads else "",
        browser=read.get("//", ""),
    )
