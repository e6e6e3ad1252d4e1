"""The style and the page for Neo4j Browser: every label is shown, legibly, and every query on the page is one."""

import re
from pathlib import Path

import pytest

from graphfraud import queries, schema
from tests.neo4j_server.fixtures import ServerUnderTest

OKABE_ITO = {"#0072B2", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#D55E00", "#CC79A7", "#999999"}
"""Colours that people with any colour vision tell apart, and a grey."""
PUBLISHED = {"Ring": {"kind", "score", "ring_id", "size"}, "Assessment": {"score", "tier", "limit_cny", "decision"}}
PAGE = Path(__file__).parents[2] / "docs" / "neo4j-browser.md"


def _rules() -> dict[str, dict[str, str]]:
    """The style as Neo4j Browser reads it, which knows no comments."""
    text = (queries.cypher_home() / "graphfraud.grass").read_text(encoding="utf-8")
    blocks = re.findall(r'([\w.]+) \{\n((?:  [\w-]+: (?:"[^":;]*"|[#\w]+);\n)+)\}\n', text)
    assert "".join(f"{name} {{\n{body}}}\n" for name, body in blocks) == text, "something is not a rule"
    return {
        name: dict(line.strip(" ;").replace('"', "").split(": ") for line in body.splitlines()) for name, body in blocks
    }


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_label_and_every_type_of_the_graph_has_a_style() -> None:
    labels = {*schema.ENTITY_LABELS.values(), *(label for _, label in schema.IDENTIFIER_LABELS.values()), *PUBLISHED}
    types = {found for table in schema.TABLES for found in re.findall(r"\[:(\w+)", table.graph)}
    types |= {kind for kind, _ in schema.IDENTIFIER_LABELS.values()}
    wanted = {f"node.{label}" for label in labels} | {f"relationship.{kind}" for kind in types}
    assert wanted - _rules().keys() == set()


def test_colours_can_be_told_apart_and_captions_read() -> None:
    for name, rule in _rules().items():
        assert rule["color"] in OKABE_ITO, name
        lighter, darker = sorted((_luminance(rule["color"]), _luminance(rule["text-color-internal"])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, name


def test_captions_name_properties_that_are_there() -> None:
    known = {schema.ENTITY_LABELS[table.defines]: set(table.by_name) for table in schema.TABLES if table.defines}
    known |= {label: {"value", "key_id"} for _, label in schema.IDENTIFIER_LABELS.values()} | PUBLISHED
    captions = {label: set(re.findall(r"\{(\w+)\}", _rules()[f"node.{label}"]["caption"])) for label in known}
    assert {label: names - known[label] for label, names in captions.items() if names - known[label]} == {}


def _page_queries() -> list[str]:
    return re.findall(r"```cypher\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_page_has_queries() -> None:
    assert len(_page_queries()) >= 4


@pytest.mark.neo4j
def test_the_pages_queries_can_be_run(empty_neo4j: ServerUnderTest) -> None:
    with empty_neo4j.driver(notifications_min_severity="OFF") as driver:
        for query in _page_queries():
            assert driver.execute_query(f"EXPLAIN {query}").summary.query_type == "r"
