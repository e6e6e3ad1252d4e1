"""Every file of the library has a whole header, and its lines for Neo4j Browser agree with it."""

import re

import pytest

from graphfraud.errors import UsageError
from graphfraud.investigate.library import FIELDS, TOPICS, header, library, query_named
from graphfraud.investigate.parameters import Kind, declared
from graphfraud.queries import cypher_home


def test_the_library_is_large_enough_and_in_every_topic() -> None:
    assert len(library()) >= 25
    assert {query.topic for query in library().values()} == set(TOPICS)


@pytest.mark.parametrize("name", library())
def test_a_query_says_all(name: str) -> None:
    query = query_named(name)
    assert query.purpose
    assert re.search(r"[\u4e00-\u9fff]", query.zh)
    assert query.returns
    assert query.cost
    assert query.example.startswith(f"graphfraud query {name}")
    text = query.cypher or query.sql
    assert {part.name for part in query.parameters} >= set(re.findall(r"\$([a-z]\w*)", query.cypher))
    for part in query.parameters:
        assert f"${part.name}" in text or part.name in ("from", "to"), part.name
        assert part.meaning


@pytest.mark.parametrize("name", [name for name, query in library().items() if query.cypher])
def test_browser_lines_name_every_parameter(name: str) -> None:
    query = query_named(name)
    given = dict(re.findall(r"^:param (\w+) => (.+);$", query.browser, re.MULTILINE))
    assert list(given) == [part.name for part in query.parameters]
    for part in query.parameters:
        if not part.required:
            assert given[part.name].strip("'") == (
                "null"
                if part.default is None
                else f"{part.default:g}"
                if part.kind in (Kind.INTEGER, Kind.NUMBER)
                else part.default
            )
    assert ":param" not in query.cypher


def test_nothing_in_the_library_writes() -> None:
    words = r"\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP|LOAD CSV|FOREACH|INSERT|UPDATE|COPY|ATTACH)\b"
    for query in library().values():
        assert not re.search(words, query.cypher + query.sql), query.name


def test_no_file_of_a_topic_is_left_out() -> None:
    files = {path.stem for topic in TOPICS for path in (cypher_home() / topic).iterdir()}
    assert files <= set(library())


@pytest.mark.parametrize("left_out", FIELDS)
def test_a_header_without_a_field_is_refused(left_out: str) -> None:
    lines = [f"// {name}: x" for name in FIELDS if name != left_out]
    with pytest.raises(UsageError, match="the header has"):
        header("\n".join([*lines, "RETURN 1"]), mark="//", where="x")


@pytest.mark.parametrize("line", ["$x", "$x person", "x person; y", "$x elephant; y", "$x integer 1 to 5; y"])
def test_a_line_that_declares_no_parameter_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="no parameter is declared"):
        declared(line, where="x")
