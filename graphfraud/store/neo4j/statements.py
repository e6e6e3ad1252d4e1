"""The Cypher of each form: a file of ``cypher/load`` with names of the schema put in, and what goes into its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graphfraud.queries import cypher
from graphfraud.schema import Column
from graphfraud.store.neo4j.mapping import LABELS, Form, Links, Nodes, named
from graphfraud.store.neo4j.values import collected, sent

LISTED = "listed"
"""Property of nodes that a row of their table describes; nodes that are only named lack it."""


@dataclass(frozen=True)
class Sending:
    """A writing query, and SQL for each value of its rows, over SQL row ``r``."""

    query: str
    values: tuple[str, ...]


def number_of(side: int) -> str:
    """SQL for the number of an end's node, or of the row's own node."""
    return f"n{side}.n"


def reading_nodes(form: Nodes) -> str:
    """Query for the number and all columns of rows that are nodes, in a stretch of numbers."""
    lists = ["a.n", *(collected(column, "p") for column in form.properties)]
    listed = f" AND a.{LISTED}" if form.bare else ""
    return cypher("load", "read_nodes").format(label=form.label, listed=listed, lists=_lists(lists))


def ids(label: str) -> str:
    """Query for numbers, the server's ids and ids of all nodes of a label, in a stretch of numbers."""
    lists = _lists(["a.n", "id(a)", f"p.{named(LABELS[label])}"])
    return cypher("load", "read_nodes").format(label=label, listed="", lists=lists)


def reading_links(forms: tuple[Links, ...]) -> str:
    """Query for the rows of forms of one type, in a stretch of ids of relationships: ids of the ends, then columns."""
    return _filled(f"read_{_shape(forms[0])}", forms[0], lists=_link_lists(forms))


def walking_links(forms: tuple[Links, ...], source: str) -> str:
    """The same in a stretch of the numbers of sources with one label."""
    text = cypher("load", f"walk_{_shape(forms[0])}")
    return text.format(source=source, type=forms[0].type, row_label=forms[0].row_label, lists=_link_lists(forms))


def link_blocks(form: Links) -> str:
    """Query for the blocks of ids in which relationships of a form's type lie."""
    return cypher("load", "link_blocks").format(type=form.type)


def together(forms: tuple[Links, ...]) -> tuple[Column, ...]:
    """Columns that any of the forms stores as properties; one that not all of them have may be absent."""
    names = [{column.name for column in form.properties} for form in forms]
    kept = [column for column in forms[0].table.stored if column.name in set.union(*names)]
    common = set.intersection(*names)
    return tuple(column if column.name in common else replace(column, optional=True) for column in kept)


def counting(form: Form) -> str:
    """Query for the number of rows of a form; of relationships, of all with its type."""
    if isinstance(form, Nodes):
        return cypher("load", "count_nodes").format(label=form.label)
    return cypher("load", "count_links").format(type=form.type)


def creating(form: Form) -> Sending:
    """Query and values for new rows of a form; nodes with a table of their own are new as nodes too."""
    if isinstance(form, Nodes):
        assigned, values = _assigned(form.properties, "a", 1)
        listed = f", a.{LISTED} = true" if form.bare else ""
        text = cypher("load", "create_nodes").format(label=form.label, properties=assigned + listed)
        return Sending(text, (number_of(0), *values))
    ends = tuple(number_of(side) for side in range(len(form.ends)))
    assigned, values = _assigned(form.properties, "r", len(ends))
    return Sending(_filled(f"create_{_shape(form)}", form, properties=assigned), ends + values)


def describing(form: Nodes) -> Sending:
    """Query and values for rows whose nodes are there already."""
    assigned, values = _assigned(form.properties, "a", 1)
    listed = f", a.{LISTED} = true" if form.bare else ""
    text = cypher("load", "set_nodes").format(label=form.label, properties=assigned + listed)
    return Sending(text, (number_of(0), *values))


def removing(form: Form) -> Sending:
    """Query and values for rows that are to go, told by their ends and key alone."""
    if isinstance(form, Nodes):
        if not form.bare:
            return Sending(cypher("load", "delete_nodes").format(label=form.label), (number_of(0),))
        gone = [column.name for column in form.properties if not column.key] + [LISTED]
        text = cypher("load", "clear_nodes").format(
            label=form.label, properties=", ".join(f"a.{named(name)}" for name in gone)
        )
        return Sending(text, (number_of(0),))
    ends = tuple(number_of(side) for side in range(len(form.ends)))
    same, values = _same(form.key, len(ends))
    return Sending(_filled(f"delete_{_shape(form)}", form, same=same), ends + values)


def naming(label: str, extra: Sequence[Column]) -> str:
    """Query for new nodes of a label: a number, an id, and columns that come with the id."""
    names = [LABELS[label], *(column.name for column in extra)]
    properties = ", ".join(f"a.{named(name)} = row[{place}]" for place, name in enumerate(names, 1))
    return cypher("load", "create_nodes").format(label=label, properties=properties)


def _shape(form: Links) -> str:
    return "links" if form.target else "hanging"


def _filled(name: str, form: Links, **parts: str) -> str:
    target = form.target.label if form.target else ""
    return cypher("load", name).format(
        source=form.source.label, type=form.type, target=target, row_label=form.row_label, **parts
    )


def _link_lists(forms: tuple[Links, ...]) -> str:
    ends = ["a", "b"][: len(forms[0].ends)]
    return _lists([*ends, *(collected(column, "p") for column in together(forms))])


def _lists(values: Sequence[str]) -> str:
    return ", ".join(f"collect({value}) AS c{place}" for place, value in enumerate(values))


def _assigned(columns: Sequence[Column], variable: str, first: int) -> tuple[str, tuple[str, ...]]:
    """Assignments of a row's values to properties, and the SQL of those values."""
    assignments: list[str] = []
    values: list[str] = []
    place = first
    for column in columns:
        way = sent(column, place)
        assignments.append(f"{variable}.{named(column.name)} = {way.cypher}")
        values.extend(way.sql)
        place += len(way.sql)
    return ", ".join(assignments), tuple(values)


def _same(columns: Sequence[Column], first: int) -> tuple[str, tuple[str, ...]]:
    """Conditions that a row has a key, and the SQL of the key's values; an absent part equals an absent one."""
    conditions: list[str] = []
    values: list[str] = []
    place = first
    for column in columns:
        way, mine = sent(column, place), f"r.{named(column.name)}"
        equal = f"{mine} = {way.cypher}"
        if column.optional:
            equal = f"({equal} OR ({mine} IS NULL AND row[{place}] IS NULL))"
        conditions.append(f" AND {equal}")
        values.extend(way.sql)
        place += len(way.sql)
    return "".join(conditions), tuple(values)
