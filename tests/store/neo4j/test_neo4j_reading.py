"""However the server numbers what it stores, all of it is read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.schema import TABLES
from graphfraud.store.neo4j import stretches
from graphfraud.store.neo4j.mapping import FORMS, Links
from graphfraud.store.neo4j.places import Places
from graphfraud.store.neo4j.reading import Reader, read_together
from graphfraud.store.neo4j.store import Neo4jStore
from graphfraud.store.neo4j.stretches import BLOCK, Stretches, ranges
from tests.store.neo4j.rows import contents, everything
from tests.tables import reading_of


@given(st.lists(st.integers(0, 1 << 62), unique=True, max_size=20), st.lists(st.integers(0, 1 << 62), max_size=20))
def test_each_id_finds_its_node_and_no_other(places: list[int], asked: list[int]) -> None:
    for held in (places, [place % 1_000 for place in places if places.index(place) == 0]):
        rows = {place: row for row, place in enumerate(held)}
        wanted = [*asked, *held]
        found = Places(np.array(held, np.int64)).rows(np.array(wanted, np.int64))
        assert found.tolist() == [rows.get(place, -1) for place in wanted]


@given(st.sets(st.integers(0, 60)), st.integers(1, 5))
def test_ranges_cover_every_block_once(blocks: set[int], longest: int) -> None:
    found = ranges(sorted(blocks), longest=longest)
    assert [place for stretch in found for place in stretch[::BLOCK]] == [block * BLOCK for block in sorted(blocks)]
    assert all(len(stretch) <= longest * BLOCK for stretch in found)


def test_forms_of_one_type_are_told_apart_by_their_ends() -> None:
    for forms in FORMS.values():
        for group in read_together(forms):
            if isinstance(group, tuple):
                assert len({tuple(end.label for end in form.ends) for form in group}) == len(group)
                assert {form.type for form in group} == {group[0].type}


def test_no_two_tables_share_a_type() -> None:
    """A type is read as a whole, so all of its relationships must be of one table."""
    owners = [(form.type, table) for table, forms in FORMS.items() for form in forms if isinstance(form, Links)]
    assert len({kind for kind, _ in owners}) == len(set(owners))


@pytest.mark.neo4j
@pytest.mark.parametrize("rows", [1, 7, 25_000])
def test_scattered_ids_are_read_from_node_to_node(
    graph: Neo4jStore, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    with reading_of(everything("x")) as reading:
        graph.write(reading)
    along = contents(graph)
    monkeypatch.setattr(stretches, "_LEAST_ROWS", 1 << 40)
    monkeypatch.setattr(stretches, "_ALLOWED_BLOCKS", -1)
    walking = Stretches(graph.connection, rows=rows)
    assert all(
        walking.of_links(form, 1) is None for forms in FORMS.values() for form in forms if isinstance(form, Links)
    )
    again = Neo4jStore(graph.connection)
    again.reader = Reader(graph.connection, walking)
    found = contents(again)
    for table in TABLES:
        assert found[table.name].equals(along[table.name]), table.name
