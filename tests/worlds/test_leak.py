# ruff: noqa: S608  # names come from the schema and from this file, never from outside
"""No single column, and no plain aggregate of one, may tell ring members from honest people."""

from collections.abc import Callable, Iterator

import duckdb
import numpy as np
import pytest
from scipy.stats import rankdata

from graphfraud.queries import quoted
from graphfraud.schema import TABLES, Column, Entity, Kind, Table

LIMIT = 0.85
_MEASURED = {Kind.MONEY, Kind.COUNT, Kind.NUMBER, Kind.SHARE}


def separation(value: np.ndarray, is_member: np.ndarray) -> float:
    """Area under the ROC curve, whichever way round it separates."""
    ranks = rankdata(value)
    members = is_member.sum()
    area = (ranks[is_member].sum() - members * (members + 1) / 2) / (members * (len(value) - members))
    return float(max(area, 1 - area))


def aggregates(table: Table, person: str) -> Iterator[str]:
    """What anybody would count first about the rows of a person."""
    yield "count(*)"
    for column in table.columns:
        name = quoted(column.name)
        if column.name == person:
            continue
        yield f"avg(({name} IS NULL)::int)"
        yield from _of_column(column, name)


def _of_column(column: Column, name: str) -> Iterator[str]:
    if column.kind in _MEASURED:
        yield from (f"{how}({name})::double" for how in ("min", "max", "avg", "sum", "stddev_pop"))
    elif column.kind is Kind.TIME:
        yield from (f"{how}(epoch_us({name}))::double" for how in ("min", "max", "avg", "stddev_pop"))
        yield f"avg((hour({name}) >= 15 AND hour({name}) < 22)::int)"
    elif column.kind is Kind.DATE:
        yield f"min({name} - DATE '1950-01-01')::double"
    elif column.kind is Kind.FLAG:
        yield f"avg({name}::int)"
    elif column.kind is Kind.CHOICE:
        yield from (f"count(*) FILTER ({name} = '{value}')" for value in column.values)
    else:
        yield f"count(DISTINCT {name})"
        yield f"min({name}::varchar)"


def roles(table: Table) -> Iterator[str]:
    """Columns that name a person, and so tell whose row it is."""
    for column in table.columns:
        own = (table.name, column.name) == ("people", "person_id")
        if own or column.names is Entity.PERSON or column.name in ("payer_id", "payee_id", "target_id"):
            yield column.name


def shared_things(table: Table, person: str) -> Iterator[str]:
    """For each thing that rows name: how many people are on the person's most and least shared one."""
    for column in table.columns:
        if column.kind in (Kind.ID, Kind.IDENTIFIER) and column.name != person and column.name not in table.key[:1]:
            thing = quoted(column.name)
            yield f"""
                WITH owners AS
                  (SELECT {thing} AS thing, count(DISTINCT {person}) AS owners FROM {table.name} GROUP BY 1)
                SELECT {person} AS person_id, max(owners) AS a, min(owners) AS b, sum(owners)::double AS c
                FROM {table.name} JOIN owners ON {thing} = thing GROUP BY 1"""


def separations(world: duckdb.DuckDBPyConnection) -> dict[str, float]:
    found: dict[str, float] = {}
    for table in TABLES:
        for person in roles(table):
            counted = list(aggregates(table, person))
            columns = ", ".join(f"{how} AS c{place}" for place, how in enumerate(counted))
            queries = [(f"SELECT {person} AS person_id, {columns} FROM {table.name} GROUP BY 1", counted)]
            queries += [(query, ["most", "least", "all"]) for query in shared_things(table, person)]
            for number, (query, labels) in enumerate(queries):
                for label, value in zip(labels, of_everybody(world, query), strict=True):
                    found[f"{table.name}.{person} {number} {label}"] = value
    return found


def of_everybody(world: duckdb.DuckDBPyConnection, query: str) -> list[float]:
    rows = world.sql(
        f"""
        SELECT person_id IN (SELECT person_id FROM truth_rings) AS ring, q.* EXCLUDE person_id
        FROM people LEFT JOIN ({query}) q USING (person_id) ORDER BY people.person_id"""
    ).df()
    member = rows.pop("ring").to_numpy()
    return [separation(values.rank().fillna(-1.0).to_numpy(), member) for _, values in rows.items()]


@pytest.mark.parametrize("hardness", ["low", "medium", "high"])
def test_no_single_column_tells_ring_members_from_honest_people(
    hardness: str, world_of: Callable[[str], duckdb.DuckDBPyConnection]
) -> None:
    found = separations(world_of(hardness))
    worst = sorted(found.items(), key=lambda item: -item[1])[:5]
    assert len(found) > 250
    assert worst[0][1] < LIMIT, worst


def test_the_measure_would_see_a_leak() -> None:
    member = np.arange(1000) >= 980
    assert separation(np.arange(1000.0), member) == 1.0
    assert separation(np.zeros(1000), member) == 0.5
